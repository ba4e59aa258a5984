"""Messages of queues as rows: written as they are now, and made again when LocalStack starts."""

from __future__ import annotations

import itertools
import json
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from localstack.services.sqs.constants import DEDUPLICATION_INTERVAL_IN_SEC
from localstack.services.sqs.models import SqsMessage

from mailroom_localstack.durability.binary_values import decode, encode
from mailroom_localstack.durability.store import Statement, Store

COUNT = "ApproximateReceiveCount"
CONSTANT = ("queue", "body", "message", "sequence_number", "created")
# Columns that change while a message is in its queue.
CHANGING = (
    *("delay_seconds", "deleted", "receive_count", "approximate_receive_count"),
    *("visibility_timeout", "visibility_deadline", "first_received", "last_received"),
    "receipt_handles",
)
NAMES = ("number", *CHANGING, *CONSTANT)


def _values(count: int, first: int = 0) -> str:
    """The values of columns, of rows that are a parameter in JSON."""
    return ", ".join(f"json_extract(value, '$[{place}]')" for place in range(first, count))


INSERT = (
    f"INSERT OR REPLACE INTO messages ({', '.join(NAMES)})"
    f" SELECT {_values(len(NAMES))} FROM json_each(?)"
)
UPDATE = (
    f"UPDATE messages SET ({', '.join(CHANGING)})"
    f" = ({_values(len(CHANGING) + 1, first=1)})"
    f" FROM json_each(?) WHERE number = {_values(1)}"
)
DELETE = "DELETE FROM messages WHERE number IN (SELECT value FROM json_each(?))"
DELETE_QUEUE = "DELETE FROM messages WHERE queue = ? AND number < ?"
SELECT = f"SELECT number, {', '.join([*CONSTANT, *CHANGING])} FROM messages ORDER BY number"


class Messages:
    """The messages of a store."""

    def __init__(self, store: Store) -> None:
        """Read what an earlier LocalStack has left."""
        self._store = store
        self._left: dict[str, list[Any]] = defaultdict(list)
        last = 0
        for row in store.read(SELECT):
            last, message = _read(row)
            left = self._left[message.mailroom_queue]
            # SQLite may read a time as the next one; a FIFO queue orders its messages by them.
            earlier = left[-1].priority if left else 0.0
            message.priority = max(message.created, math.nextafter(earlier, math.inf))
            left.append(message)
        self._numbers = itertools.count(last + 1)
        self._new: list[Any] = []

    def put(self, queue: str, message: Any, source: Any = None) -> None:
        """Store a message that was put into a queue.

        Args:
            queue: ARN of the queue.
            message: the message.
            source: the same message in the queue that it came from, which it leaves.
        """
        message.mailroom_number, message.mailroom_queue = next(self._numbers), queue
        if source is not None:
            source.deleted = True
        self.changed(message, *([source] if source is not None else []), urgent=True)

    def changed(self, *messages: Any, urgent: bool = False) -> None:
        """Store what messages are now; those that were deleted are forgotten."""
        known = {one.mailroom_number: one for one in messages if hasattr(one, "mailroom_number")}
        self._store.change(self, known, urgent)

    def clear(self, queue: str, messages: Iterable[Any]) -> None:
        """Forget all messages of a queue."""
        for one in messages:
            one.deleted = True
        self._store.change(Cleared(), {("messages of", queue): (queue, next(self._numbers))})

    def statements(self, changed: Sequence[Any]) -> Iterator[Statement]:
        """What writes messages as they are now."""
        gone: list[Any] = []
        rest: list[Any] = []
        for one in changed:
            (gone if one.deleted and not _deduplicates(one) else rest).append(one)
        old = [one for one in rest if hasattr(one, "mailroom_written")]
        self._new = [one for one in rest if not hasattr(one, "mailroom_written")]
        if self._new:
            yield INSERT, (json.dumps([[*_changing(one), *_constant(one)] for one in self._new]),)
        if old:
            yield UPDATE, (json.dumps([_changing(one) for one in old]),)
        if gone:
            yield DELETE, (json.dumps([one.mailroom_number for one in gone]),)

    def committed(self) -> None:
        """Know which messages have rows."""
        for one in self._new:
            one.mailroom_written = True

    def take(self, queue: str) -> list[Any]:
        """What an earlier LocalStack has left of a queue, in the order of arrival, once."""
        return self._left.pop(queue, [])

    def leave(self, queue: str, messages: Iterable[Any]) -> None:
        """Keep the messages of a queue for the next one of its name."""
        self._left[queue] = sorted(messages, key=lambda one: one.mailroom_number)


class Cleared:
    """Writes that queues were purged or deleted."""

    def statements(self, changed: Sequence[tuple[str, int]]) -> Iterator[Statement]:
        """What forgets the messages of queues with a lower number."""
        for cleared in changed:
            yield DELETE_QUEUE, cleared

    def committed(self) -> None:
        """Nothing follows."""


def _changing(message: Any) -> list[Any]:
    """The number of a message, and its columns that change."""
    return [
        message.mailroom_number,
        message.delay_seconds,
        int(message.deleted),
        message.receive_count,
        message.message["Attributes"][COUNT],
        message.visibility_timeout,
        message.visibility_deadline,
        message.first_received,
        message.last_received,
        "\n".join(tuple(message.receipt_handles)),
    ]


def _constant(message: Any) -> list[Any]:
    content = dict(message.message)
    body = content.pop("Body")
    as_sent = json.dumps(content, default=encode)
    return [message.mailroom_queue, body, as_sent, message.sequence_number, message.created]


def _read(row: tuple[Any, ...]) -> tuple[int, Any]:
    """A message and its number."""
    number, queue, body, content, sequence_number, created, *changing = row
    now = dict(zip(CHANGING, changing, strict=True))
    as_sent = json.loads(content, object_hook=decode)
    as_sent["Body"] = body
    as_sent["Attributes"][COUNT] = now.pop("approximate_receive_count")
    message: Any = SqsMessage(created, as_sent)
    message.mailroom_number, message.mailroom_queue = number, queue
    message.mailroom_written = True
    message.created, message.sequence_number = created, sequence_number
    message.deleted = bool(now.pop("deleted"))
    message.receipt_handles = set(now.pop("receipt_handles").split())
    for name, value in now.items():
        setattr(message, name, value)
    return number, message


def _deduplicates(message: Any) -> bool:
    """Whether a deleted message still keeps a FIFO queue from taking another with its id."""
    return (
        message.message_deduplication_id is not None
        and time.time() < message.created + DEDUPLICATION_INTERVAL_IN_SEC
    )
