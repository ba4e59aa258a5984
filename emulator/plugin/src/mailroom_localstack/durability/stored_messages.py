"""Messages of queues as rows: written as they are now, and made again when LocalStack starts."""

from __future__ import annotations

import base64
import functools
import itertools
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from localstack.services.sqs.constants import DEDUPLICATION_INTERVAL_IN_SEC
from localstack.services.sqs.models import SqsMessage

from mailroom_localstack.durability.store import Store

COUNT = "ApproximateReceiveCount"
# Columns that change while a message is in its queue.
CHANGING = (
    *("delay_seconds", "deleted", "receive_count", "approximate_receive_count"),
    *("visibility_timeout", "visibility_deadline", "first_received", "last_received"),
    "receipt_handles",
)
CONSTANT = ("queue", "body", "message", "sequence_number", "created")
UPDATE = f"UPDATE messages SET {', '.join(f'{name} = ?' for name in CHANGING)} WHERE number = ?"
INSERT = (
    f"INSERT INTO messages ({', '.join([*CHANGING, 'number', *CONSTANT])})"
    f" VALUES ({', '.join('?' * (len(CHANGING) + 1 + len(CONSTANT)))})"
)
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
            self._left[message.mailroom_queue].append(message)
        self._numbers = itertools.count(last + 1)

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
        self.changed(message, *([source] if source is not None else []))

    def changed(self, *messages: Any) -> None:
        """Store what messages are now; those that were deleted are forgotten."""
        self._store.change(
            {
                one.mailroom_number: functools.partial(_write, one)
                for one in messages
                if hasattr(one, "mailroom_number")
            }
        )

    def clear(self, queue: str, messages: Iterable[Any]) -> None:
        """Forget all messages of a queue."""
        for one in messages:
            one.deleted = True
        self._store.change(
            {
                ("messages of", queue): lambda connection: connection.execute(
                    "DELETE FROM messages WHERE queue = ?", (queue,)
                )
            }
        )

    def take(self, queue: str) -> list[Any]:
        """What an earlier LocalStack has left of a queue, in the order of arrival, once."""
        return self._left.pop(queue, [])

    def leave(self, queue: str, messages: Iterable[Any]) -> None:
        """Keep the messages of a queue for the next one of its name."""
        self._left[queue] = sorted(messages, key=lambda one: one.mailroom_number)

    def left(self) -> dict[str, int]:
        """By the ARN of each queue that isn't there again, how many messages it has."""
        return {
            queue: count
            for queue, messages in self._left.items()
            if (count := sum(not one.deleted for one in messages))
        }


def _write(message: Any, connection: sqlite3.Connection) -> None:
    """Write a message as it is now."""
    number = message.mailroom_number
    if message.deleted and not _deduplicates(message):
        connection.execute("DELETE FROM messages WHERE number = ?", (number,))
        return
    now = (
        message.delay_seconds,
        message.deleted,
        message.receive_count,
        message.message["Attributes"][COUNT],
        message.visibility_timeout,
        message.visibility_deadline,
        message.first_received,
        message.last_received,
        "\n".join(tuple(message.receipt_handles)),
        number,
    )
    if connection.execute(UPDATE, now).rowcount == 0:
        content = dict(message.message)
        body = content.pop("Body")
        as_sent = (message.mailroom_queue, body, json.dumps(content, default=_encode))
        connection.execute(INSERT, (*now, *as_sent, message.sequence_number, message.created))


def _read(row: tuple[Any, ...]) -> tuple[int, Any]:
    """A message and its number."""
    number, queue, body, content, sequence_number, created, *changing = row
    now = dict(zip(CHANGING, changing, strict=True))
    as_sent = json.loads(content, object_hook=_decode)
    as_sent["Body"] = body
    as_sent["Attributes"][COUNT] = now.pop("approximate_receive_count")
    message: Any = SqsMessage(created, as_sent)
    message.mailroom_number, message.mailroom_queue = number, queue
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


def _encode(value: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(value).decode()}


def _decode(found: dict[str, Any]) -> Any:
    encoded = found.get("base64") if len(found) == 1 else None
    return base64.b64decode(encoded) if isinstance(encoded, str) else found
