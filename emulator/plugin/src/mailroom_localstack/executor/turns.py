"""How many cold starts run at once on this machine.

In AWS each execution environment has its own share of a processor. Here they share the machine's:
of forty that start at once on two processors, none would have ended its init after the ten seconds
that it has, and each would begin again. Those that wait have not begun, so none of their time
passes.
"""

import os
import threading

# More than one for each processor, as an init also waits: for LocalStack, and for the database.
_AT_ONCE = 2 * (os.cpu_count() or 1)
_slots = threading.BoundedSemaphore(_AT_ONCE)


class Turn:
    """One environment's turn to start; not for several threads at once."""

    def __init__(self) -> None:
        """It has not come."""
        self._has_slot = False

    def wait(self) -> None:
        """Wait until it comes."""
        if not self._has_slot:
            _slots.acquire()
            self._has_slot = True

    def end(self) -> None:
        """Leave it to another; nothing when it has not come, or has ended."""
        if self._has_slot:
            self._has_slot = False
            _slots.release()
