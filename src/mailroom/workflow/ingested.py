"""Looks at the messages that were ingested."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row


@dataclass(frozen=True)
class Filter:
    """Which messages.

    Attributes:
        type: Only of this type.
        batch: Only of this batch.
        since: Only ingested at this time or later.
        until: Only ingested before this time.
        limit: At most so many; the newest.
    """

    type: str | None = None
    batch: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 20


def ingested_messages(database: str, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The messages, newest first: `source`, `id`, `type`, `batch_id`, `ingested_at`, `event`.

    Args:
        database: Connection string.
        wanted: Which.
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
            wanted.__dict__,
        )


def count_ingested(database: str) -> dict[str, int]:
    """How many messages of each type there are."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT type, count(*) FROM messages GROUP BY type").fetchall()
        return {row[0]: row[1] for row in rows}
