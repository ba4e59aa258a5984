"""What Postgres keeps of a message: its row, its settlements and its dead letters."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.rows import dict_row

from mailroom.tracing.steps import Message, Step

_MOST = 50
_MESSAGES = """
SELECT source, id, type, batch_id, subject FROM messages
WHERE {condition} ORDER BY ingested_at DESC LIMIT {most}
"""
_EXACT = "%(word)s IN (id, source, subject)"
_WORD = "strpos(event::text, %(word)s) > 0"
_DEAD = """
SELECT source, event_id AS id, type, batch_id, message_id, body_digest
FROM dead_letters
WHERE %(word)s IN (event_id, message_id, source) OR position(%(bytes)s IN body) > 0
ORDER BY received_at DESC LIMIT {most}
"""
_ROW = """
SELECT batch_id, type, subject, ingested_at AS at FROM messages
WHERE source = %(source)s AND id = %(id)s
"""
_SETTLEMENTS = """
SELECT batch_id, outcome, settled_at AS at FROM settlements
WHERE source = %(source)s AND id = %(id)s ORDER BY settled_at
"""
_DEAD_LETTERS = """
SELECT queue, message_id, batch_id, reason, detail, received_at, sent_at, resolved_at
FROM dead_letters
WHERE (source = %(source)s AND event_id = %(id)s) OR message_id = ANY (%(message_ids)s::text[])
   OR (%(id)s::text IS NULL AND body_digest = %(digest)s)
ORDER BY received_at
"""
_OUTCOMES = {
    "ingested": "settled as ingested",
    "already_there": "settled as already there: the same event was ingested before",
    "dead_lettered": "settled as dead",
}


class Stored:
    """The database of an environment.

    Raises, on each call:
        psycopg.OperationalError: it doesn't answer.
    """

    def __init__(self, database: str) -> None:
        self._database = database

    def find(self, word: str) -> Iterator[Message]:
        """The messages with this id, source or subject; without one, those with it in them."""
        values = {"word": word, "bytes": word.encode()}
        with self._connect() as connection:
            found = False
            for condition in (_EXACT, _WORD):
                query: Any = _MESSAGES.format(condition=condition, most=_MOST)
                for row in connection.execute(query, values):
                    found = True
                    yield _message(row)
                if found:
                    break
            dead: Any = _DEAD.format(most=_MOST)
            for row in connection.execute(dead, values):
                yield _message(row)

    def steps(self, message: Message) -> Iterator[Step]:
        """What is stored of a message."""
        values = {
            "source": message.source,
            "id": message.id,
            "digest": message.digest,
            "message_ids": list(message.message_ids),
        }
        with self._connect() as connection:
            for row in connection.execute(_ROW, values):
                text = f"committed as a row of type {row['type']}"
                batch = {"batch": row["batch_id"]}
                yield Step(row["at"].timestamp(), "ingested", text, details=batch)
            for row in connection.execute(_SETTLEMENTS, values):
                text = f"{_OUTCOMES[row['outcome']]} in batch {row['batch_id']}"
                batch = {"batch": row["batch_id"]}
                yield Step(row["at"].timestamp(), "settled", text, details=batch)
            for row in connection.execute(_DEAD_LETTERS, values):
                yield from _dead(row)

    def _connect(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(self._database, row_factory=dict_row, connect_timeout=3)


def _message(row: dict[str, Any]) -> Message:
    return Message(
        row["id"],
        row["source"],
        row["type"],
        row.get("subject"),
        row["batch_id"],
        frozenset(filter(None, [row.get("message_id")])),
        row.get("body_digest"),
    )


def _dead(row: dict[str, Any]) -> Iterator[Step]:
    why = f"{row['reason']}: {row['detail']}".removesuffix(": ")
    queue = row["queue"]
    details = {name: row[name] for name in ("reason", "detail", "message_id", "batch_id")}
    yield Step(
        row["received_at"].timestamp(),
        "dead",
        f"recorded as dead: {why}",
        True,
        queue,
        details=details,
    )
    if row["resolved_at"]:
        text = "the dead letter is resolved: the same body was ingested"
        yield Step(row["resolved_at"].timestamp(), "resolved", text, where=queue)
