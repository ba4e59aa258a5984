"""Messages that come back, or arrive for the first time, when they are due."""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from mailroom_localstack.patches import patch

MODELS = "localstack.services.sqs.models"
# A queue whose messages are due one after the other is looked through at most this often.
LEAST_SECONDS = 0.02


class DueQueues:
    """Queues by the time at which a message of theirs is due; a thread waits for the next one."""

    def __init__(self) -> None:
        """Start empty, without a thread."""
        self._changed = threading.Condition()
        self._next: list[tuple[float, int, Any]] = []
        self._order = itertools.count()
        self._known: dict[Any, float] = {}
        self._thread: threading.Thread | None = None

    def add(self, queue: Any, due: float) -> None:
        """Look into a queue when one of its messages is due, in seconds since 1970."""
        if due >= self._known.get(queue, math.inf):
            return
        with self._changed:
            self._known[queue] = due
            heapq.heappush(self._next, (due, next(self._order), queue))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sqs-due", daemon=True)
                self._thread.start()
            elif self._next[0][2] is queue:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            queue = self._wait()
            # LocalStack goes through sets that other threads change, and tries again later.
            with suppress(RuntimeError):
                queue.requeue_inflight_messages()
                queue.enqueue_delayed_messages()
            due = min(due_times(queue), default=math.inf)
            if due < math.inf:
                self.add(queue, max(due, time.time() + LEAST_SECONDS))

    def _wait(self) -> Any:
        """The next queue, when it is due."""
        with self._changed:
            while True:
                seconds = self._next[0][0] - time.time() if self._next else None
                if seconds is not None and seconds < 0:
                    due, _, queue = heapq.heappop(self._next)
                    if self._known.get(queue) == due:
                        del self._known[queue]
                        return queue
                else:
                    self._changed.wait(seconds)


def due_times(queue: Any) -> Iterator[float]:
    """When messages of a queue are due, in seconds since 1970."""
    in_flight = list(queue.inflight)
    if hasattr(queue, "message_groups"):
        # A FIFO queue gives none back before the first one.
        in_flight = in_flight[:1]
    yield from (message.visibility_deadline for message in in_flight)
    yield from (message.created + message.delay_seconds for message in list(queue.delayed))


DUE = DueQueues()


@patch(f"{MODELS}:SqsQueue.add_inflight_message")
def return_when_due(original: Any, queue: Any, message: Any) -> None:
    """Give a message back when its visibility timeout is over, and a delayed one when it is due.

    LocalStack: looks for such messages once a second.

    AWS: shows a message again as soon as the timeout is over.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html

    Test: tests/unit/sqs/test_due_messages.py::test_a_message_that_is_due_is_received
    """
    original(queue, message)
    DUE.add(queue, message.visibility_deadline)


@return_when_due.also(f"{MODELS}:SqsQueue.update_visibility_timeout")
def change_when_due(original: Any, queue: Any, receipt_handle: str, timeout: int) -> None:
    """Know when a message is due whose visibility timeout was changed."""
    original(queue, receipt_handle, timeout)
    DUE.add(queue, time.time() + timeout)


@return_when_due.also(f"{MODELS}:StandardQueue.put")
@return_when_due.also(f"{MODELS}:FifoQueue.put")
def deliver_when_due(original: Any, queue: Any, *args: Any, **kw: Any) -> Any:
    """Know when a message is due that was sent with a delay."""
    message = original(queue, *args, **kw)
    if queue.delayed and message in queue.delayed:
        DUE.add(queue, message.created + message.delay_seconds)
    return message
