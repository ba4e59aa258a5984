"""Removes rows that are older than they are kept."""

import time
from typing import Any

import psycopg

from migrate_database.service import owner_credentials
from migrate_database.settings import Settings
from shared.context import Deadline
from shared.errors import DatabaseUnavailable
from shared.logs import logger

_ROWS = 1000
_PAUSE_SECONDS = 0.05
# The rows of message types go with those of messages, which they refer to.
_TABLES = {
    "messages": "ingested_at",
    "settlements": "settled_at",
    "dead_letters": "received_at",
    "batch_progress": "changed_at",
}
_REMOVE = """
DELETE FROM {table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM {table} WHERE {time} < now() - make_interval(days => %s) LIMIT %s))
"""


def is_asked_for(event: Any) -> bool:
    """Return whether the function's input asks to remove old rows: `{"removeOldRows": true}`."""
    return isinstance(event, dict) and event.get("removeOldRows") is True


def remove_old_rows(settings: Settings, deadline: Deadline) -> dict[str, Any]:
    """Remove rows that are older than the settings say, and return how many of each table.

    A thousand at a time, each in a transaction of its own, until none is left or time runs short;
    the next run removes the rest. How long rows are kept is not for the caller to say, so that the
    right to invoke the function is no right to delete messages.

    Raises:
        DatabaseUnavailable: when Postgres can't be reached.
    """
    removed = dict.fromkeys(_TABLES, 0)
    if settings.row_retention_days:
        login = owner_credentials(settings).login()
        try:
            with psycopg.connect(
                **login, application_name="mailroom retention", autocommit=True, connect_timeout=10
            ) as connection:
                for table in _TABLES:
                    removed[table] = _remove(
                        connection, table, settings.row_retention_days, deadline
                    )
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable(str(error)) from None
    logger.info("old rows removed", days=settings.row_retention_days, removed=removed)
    return {"removed": removed}


def _remove(connection: Any, table: str, days: int, deadline: Deadline) -> int:
    statement, total = _REMOVE.format(table=table, time=_TABLES[table]), 0
    while not deadline.passed():
        count: int = connection.execute(statement, (days, _ROWS)).rowcount
        total += count
        if count < _ROWS:
            break
        time.sleep(_PAUSE_SECONDS)
    return total
