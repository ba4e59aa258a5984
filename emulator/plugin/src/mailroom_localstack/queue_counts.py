"""How many messages each queue was sent, gave and lost, until CloudWatch is asked for it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock
from typing import Any

MINUTE = 60
# Of one queue's one metric in one minute each; beyond that the oldest go.
MOST = 50_000


@dataclass(slots=True)
class Statistic:
    """The values of a metric within a minute.

    Attributes:
        minute: When it began, in seconds since 1970.
    """

    minute: int
    unit: str
    count: int = 0
    sum: float = 0
    least: float = float("inf")
    greatest: float = 0

    def add(self, value: float) -> None:
        """Add a value."""
        self.count += 1
        self.sum += value
        self.least = min(self.least, value)
        self.greatest = max(self.greatest, value)


class QueueCounts:
    """Has the methods that LocalStack's SQS calls, and keeps what it is told."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._found: dict[tuple[str, str, str, str, int], Statistic] = {}

    def dispatch_metric_message_sent(self, queue: Any, message_body_size: int) -> None:
        """A message of so many bytes was sent."""
        self._add(queue, "NumberOfMessagesSent", 1)
        self._add(queue, "SentMessageSize", message_body_size, "Bytes")

    def dispatch_metric_message_deleted(self, queue: Any, deleted: int = 1) -> None:
        """Messages were deleted."""
        if deleted:
            self._add(queue, "NumberOfMessagesDeleted", deleted)

    def dispatch_metric_received(self, queue: Any, received: int) -> None:
        """A receive has found messages, or none."""
        if received:
            self._add(queue, "NumberOfMessagesReceived", received)
        else:
            self._add(queue, "NumberOfEmptyReceives", 1)

    def shutdown(self) -> None:
        """Do nothing: no thread is to be ended."""

    def take(self, account: str, region: str, queue: str, metric: str) -> list[Statistic]:
        """Take out what is known of a metric."""
        wanted = (account, region, queue, metric)
        with self._lock:
            keys = [key for key in self._found if key[:4] == wanted]
            return [self._found.pop(key) for key in keys]

    def _add(self, queue: Any, metric: str, value: float, unit: str = "Count") -> None:
        minute = int(time.time()) // MINUTE * MINUTE
        key = (queue.account_id, queue.region, queue.name, metric, minute)
        with self._lock:
            found = self._found.get(key)
            if found is None:
                found = self._found[key] = Statistic(minute, unit)
                if len(self._found) > MOST:
                    del self._found[next(iter(self._found))]
            found.add(value)


COUNTS = QueueCounts()
