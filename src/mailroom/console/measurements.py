"""The state of the queues over the last minutes, measured while a page is open."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from mailroom.environments.environment import Environment
from mailroom.workflow.queues import QueueState, queue_states

# One measurement a second for ten minutes.
_SECONDS = 600
_FRESH = 0.4


@dataclass(frozen=True)
class Measurement:
    """The queues at one time.

    Attributes:
        at: Seconds since 1970.
        queues: Their states by logical name.
    """

    at: float
    queues: dict[str, QueueState]


class Measurements:
    """The last measurements of one environment. Pages that ask at the same time share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: deque[Measurement] = deque(maxlen=_SECONDS)
        self._endpoint = ""

    def now(self, environment: Environment) -> Measurement:
        """The queues as they are; measured again if the last time is longer ago than 0.4 s."""
        with self._lock:
            if environment.endpoint != self._endpoint:
                self._taken.clear()
                self._endpoint = environment.endpoint
            if not self._taken or time.time() - self._taken[-1].at > _FRESH:
                states = queue_states(environment)
                self._taken.append(Measurement(time.time(), {one.name: one for one in states}))
            return self._taken[-1]

    def series(self) -> list[Measurement]:
        """The measurements of the last ten minutes, the oldest first."""
        since = time.time() - _SECONDS
        with self._lock:
            return [one for one in self._taken if one.at >= since]
