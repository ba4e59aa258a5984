"""Reads ingested messages from the database: to list them, and to send them again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from mailroom.errors import Refused


@dataclass(frozen=True)
class Filter:
    """Selects ingested messages.

    Attributes:
        type: Only of this type.
        batch: Only of this batch.
        since: Only ingested at this time or later.
        until: Only ingested before this time.
        limit: Maximum number; the newest.
    """

    type: str | None = None
    batch: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20


def ingested_messages(database: str, selected: Filter) -> Iterator[dict[str, Any]]:
    """The messages, newest first: `source`, `id`, `type`, `batch_id`, `ingested_at`, `event`.

    Args:
        database: Connection string.
        selected: Which messages.
    """
    with psycopg.connect(database, row_factory=dict_row) as connection:
        yield from connection.execute(
            """
            SELECT source, id, type, batch_id, subject, ingested_at, event
            FROM messages
            WHERE (%(type)s::text IS NULL OR type = %(type)s)
              AND (%(batch)s::text IS NULL OR batch_id = %(batch)s)
              AND (%(since)s::timestamptz IS NULL OR ingested_at >= %(since)s)
              AND (%(until)s::timestamptz IS NULL OR ingested_at < %(until)s)
            ORDER BY ingested_at DESC, source, id
            LIMIT %(limit)s
            """,
            selected.__dict__,
        )


def count_ingested(database: str) -> dict[str, int]:
    """The number of ingested messages of each type."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT type, count(*) FROM messages GROUP BY type").fetchall()
        return {row[0]: row[1] for row in rows}


def count_since(database: str, since: float) -> int:
    """The number of messages that were ingested since a time, in seconds since 1970."""
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT count(*) FROM messages WHERE ingested_at >= to_timestamp(%s)", [since]
        ).fetchone()
    return int(found[0]) if found else 0


def batches(database: str, batch: str) -> tuple[list[str], dict[str, int]]:
    """The newest batches, and the outcomes of one: how many messages have each.

    Args:
        database: Connection string.
        batch: The batch's id.
    """
    with psycopg.connect(database) as connection:
        newest = connection.execute(
            "SELECT batch_id FROM messages GROUP BY batch_id ORDER BY max(ingested_at) DESC LIMIT 5"
        ).fetchall()
        outcomes = connection.execute(
            "SELECT outcome, count(*) FROM settlements WHERE batch_id = %s GROUP BY outcome",
            [batch],
        ).fetchall()
    return [row[0] for row in newest if row[0]], dict(outcomes)


def write_batch(database: str, batch: str, folder: Path) -> Path:
    """Write the events of a batch into a JSON Lines file, as they were sent.

    Args:
        database: Connection string.
        batch: The batch's id.
        folder: Folder of the file.

    Raises:
        Refused: No message of the batch was ingested.
    """
    path = folder / "replay.jsonl"
    with psycopg.connect(database) as connection, path.open("w", encoding="utf-8") as file:
        events = connection.execute(
            "SELECT event::text FROM messages WHERE batch_id = %s ORDER BY source, id", [batch]
        )
        for (text,) in events:
            # JSON has line breaks between tokens only, where spaces mean the same.
            file.write(text.replace("\r", " ").replace("\n", " ") + "\n")
        if not events.rowcount:
            raise Refused(
                f"{batch} is neither a file nor a batch of which messages were ingested",
                "batches: mailroom executions list",
            )
    return path
