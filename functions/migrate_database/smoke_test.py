"""Counts and removes the messages of a smoke test, by their own `source`."""

from dataclasses import dataclass
from typing import Any, Self

import psycopg

from messages.types import message_types
from migrate_database.service import owner_credentials
from migrate_database.settings import Settings
from shared.errors import DatabaseUnavailable, InvalidInput
from shared.logs import logger

SOURCE = "urn:mailroom:smoke-test"

_FIND = """
SELECT type, count(*) FROM messages
JOIN ({typed}) AS typed
USING (source, id)
WHERE source = %(source)s AND batch_id = %(batch_id)s
GROUP BY type
"""
# The rows of this batch, and those that an interrupted smoke test has left.
_REMOVE = (
    """DELETE FROM messages WHERE source = %(source)s
    AND (batch_id = %(batch_id)s OR ingested_at < now() - interval '1 hour')""",
    """DELETE FROM batch_progress WHERE batch_id IN (
        SELECT batch_id FROM settlements WHERE source = %(source)s
        AND (batch_id = %(batch_id)s OR settled_at < now() - interval '1 hour'))""",
    """DELETE FROM settlements WHERE source = %(source)s
    AND (batch_id = %(batch_id)s OR settled_at < now() - interval '1 hour')""",
    """DELETE FROM dead_letters WHERE source = %(source)s
    AND (batch_id = %(batch_id)s OR received_at < now() - interval '1 hour')""",
)


def _find() -> str:
    tables = (one.settings.table for one in message_types().values())
    return _FIND.format(typed=" UNION ALL ".join(f"SELECT source, id FROM {t}" for t in tables))


@dataclass(frozen=True)
class SmokeTest:
    """A request to end a smoke test."""

    batch_id: str

    @classmethod
    def parse(cls, event: Any) -> Self | None:
        """Return the smoke test that the function's input names; None when it names none.

        Raises:
            InvalidInput: when the smoke test names no batch.
        """
        if not isinstance(event, dict) or "smokeTest" not in event:
            return None
        request = event["smokeTest"]
        batch_id = request.get("batchId") if isinstance(request, dict) else None
        if not isinstance(batch_id, str) or not batch_id or "\0" in batch_id:
            raise InvalidInput("smokeTest.batchId: an execution's name is required")
        return cls(batch_id)


def end_smoke_test(settings: Settings, smoke_test: SmokeTest) -> dict[str, Any]:
    """Return how many of its messages of each type are in the database, and remove them.

    Only rows of the smoke test's source are removed.

    Raises:
        DatabaseUnavailable: when Postgres can't be reached.
    """
    owner = owner_credentials(settings)
    values = {"source": SOURCE, "batch_id": smoke_test.batch_id}
    try:
        with psycopg.connect(
            **owner.login(),
            application_name="mailroom smoke test",
            connect_timeout=10,
        ) as connection:
            found: dict[str, int] = dict(connection.execute(_find(), values).fetchall())
            removed = sum(connection.execute(sql, values).rowcount for sql in _REMOVE)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(str(error)) from None
    logger.info("smoke test ended", batch_id=smoke_test.batch_id, found=found, removed=removed)
    return {"found": found, "removed": removed}
