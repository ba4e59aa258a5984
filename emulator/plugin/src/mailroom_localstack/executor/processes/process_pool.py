"""Where the processes of runtimes come from.

Lambda has sandboxes with a started runtime in store, which is why its cold starts don't pay for
the start of an interpreter. Here one process for each interpreter waits for its assignment; the
next is started a moment after it was taken, so as not to compete with the init of its function.
"""

import threading
from pathlib import Path

from mailroom_localstack.executor.function_settings import FunctionSettings
from mailroom_localstack.executor.processes.process import RuntimeProcess
from mailroom_localstack.executor.processes.supervisor import Guardian

REPLACEMENT_SECONDS = 0.3


class Nursery:
    """Starts processes, and keeps one of each interpreter in store."""

    def __init__(
        self, guardian: Guardian, replacement_seconds: float = REPLACEMENT_SECONDS
    ) -> None:
        """Starts nothing yet.

        Args:
            guardian: watches over the processes that got a function.
            replacement_seconds: how long after one was taken the next is started.
        """
        self._guardian = guardian
        self._replacement_seconds = replacement_seconds
        self._stored: dict[Path, RuntimeProcess] = {}
        self._lock = threading.Lock()
        self._closed = False

    def expect(self, interpreter: Path) -> None:
        """Has a process of an interpreter in store, if there is none yet."""
        with self._lock:
            if interpreter not in self._stored and not self._closed:
                self._stored[interpreter] = RuntimeProcess(interpreter, self._guardian)

    def make_folder(self) -> Path:
        """A private folder for an environment, which has no ``/tmp`` of its own."""
        return self._guardian.make_folder()

    def spawn(self, settings: FunctionSettings) -> RuntimeProcess:
        """Gives a process that waits for its assignment, from the store or a new one."""
        variables = settings.interpreter_variables
        if variables:
            return RuntimeProcess(settings.interpreter, self._guardian, variables)
        with self._lock:
            stored = self._stored.pop(settings.interpreter, None)
        replacement = threading.Timer(
            self._replacement_seconds, self.expect, (settings.interpreter,)
        )
        replacement.daemon = True
        replacement.start()
        if stored is not None:
            if not stored.has_exited():
                return stored
            stored.kill()
            stored.close()
        return RuntimeProcess(settings.interpreter, self._guardian)

    def close(self) -> None:
        """Ends what is in store."""
        with self._lock:
            self._closed = True
            stored, self._stored = self._stored, {}
        for process in stored.values():
            process.kill()
            process.close()
