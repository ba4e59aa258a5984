"""The state of the queues over the last minutes, measured while a page is open."""

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.environments.environment import Environment
from mailroom.workflow.queues import QueueState, queue_states

# One measurement a second for ten minutes.
_SECONDS = 600
_FRESH = 0.4
# Messages of a queue whose number doesn't change, in seconds.
_READ = 10.0


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
        self._received: dict[str, list[QueuedMessage]] = {}
        self._read: dict[tuple[str, ...], tuple[Any, float, list[QueuedMessage]]] = {}

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

    def receive(self, environment: Environment, queues: tuple[str, ...]) -> None:
        """Receive the messages of an account's queues, so that `messages` has them."""
        for name in queues:
            found = list_messages(environment, (name,), MessageFilter())
            with self._lock:
                self._received[name] = found

    def messages(
        self, environment: Environment, queues: tuple[str, ...]
    ) -> list[QueuedMessage] | None:
        """The messages of queues, the oldest first; None in an account until they were received.

        They are read again only when their state has changed: each page that is open asks several
        times a second, and reading takes as long as there are messages.
        """
        if environment.in_account:
            with self._lock:
                known_here = [self._received.get(name) for name in queues]
            every = [one for each in known_here for one in each or ()]
            return None if None in known_here else sorted(every, key=lambda one: one.sent)
        states = self.now(environment).queues
        key = {name: (states[name].depth, states[name].in_flight) for name in queues}
        with self._lock:
            known = self._read.get(queues)
        if known and known[0] == key and time.time() - known[1] < _READ:
            return known[2]
        found = list_messages(environment, queues, MessageFilter())
        with self._lock:
            self._read = {queues: (key, time.time(), found)}
        return found

    def forget(self) -> None:
        """Read everything anew: something was changed."""
        with self._lock:
            self._read, self._received = {}, {}
            self._endpoint = ""

    def series(self) -> list[Measurement]:
        """The measurements of the last ten minutes, the oldest first."""
        since = time.time() - _SECONDS
        with self._lock:
            return [one for one in self._taken if one.at >= since]
