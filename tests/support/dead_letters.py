"""The dead letters and settlements in the database."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row


@dataclass(frozen=True)
class DeadLetter:
    """A row of dead_letters."""

    queue: str
    batch_id: str | None
    event_id: str | None
    reason: str
    detail: str
    body: bytes
    attributes: dict[str, Any]
    sent: bool
    resolved: bool


def dead_letters(database: psycopg.Connection, body: str) -> list[DeadLetter]:
    """The rows of messages that had exactly this body, oldest first."""
    with database.cursor(row_factory=class_row(DeadLetter)) as cursor:
        return cursor.execute(
            "SELECT queue, batch_id, event_id, reason, detail, body, attributes,"
            " sent_at IS NOT NULL AS sent, resolved_at IS NOT NULL AS resolved"
            " FROM dead_letters WHERE body = %s ORDER BY id",
            [body.encode()],
        ).fetchall()


def outcomes(database: psycopg.Connection, batch: str) -> dict[str, list[str]]:
    """The outcomes of each event of a batch, by its id."""
    rows = database.execute(
        "SELECT id, array_agg(outcome ORDER BY outcome) FROM settlements WHERE batch_id = %s"
        " GROUP BY id",
        [batch],
    )
    return dict(rows.fetchall())
