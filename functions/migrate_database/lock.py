"""The lock that lets one migration run at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from shared.context import Deadline
from shared.errors import CredentialsRefused, DatabaseUnavailable, MigrationLocked
from shared.logs import logger
from shared.secrets import Credentials

type Connection = psycopg.Connection[tuple[object, ...]]

_KEY = 0x6D61696C726F6F6D  # "mailroom"
_PAUSE_SECONDS = 0.5
_MAX_WAIT_SECONDS = 60


@contextmanager
def migration_lock(owner: Credentials, deadline: Deadline) -> Iterator[Connection]:
    """Take Postgres' advisory lock for migrations and yield the connection that owns it.

    Postgres releases it when the connection ends. (yoyo's own lock is a row, and stays.)

    Raises:
        DatabaseUnavailable: when Postgres can't be reached in time.
        MigrationLocked: when another migration keeps the lock for too long.
    """
    wait_until = Deadline(min(_MAX_WAIT_SECONDS, deadline.remaining()))
    with _connect(owner, wait_until) as connection:
        while not _try_lock(connection):
            if wait_until.passed():
                raise MigrationLocked("another migration is running; try again when it is done")
            time.sleep(_PAUSE_SECONDS)
        yield connection


def with_memberships(connection: Connection) -> Connection:
    """Have Postgres look up the session's memberships anew, and return the connection.

    For a reserved connection Postgres looks them up before the session is in a database, and
    keeps them: its owner would not be in pg_database_owner, which owns the schema public. The
    look-up of another role's memberships takes their place.
    """
    connection.execute("SELECT pg_has_role('pg_monitor', 'pg_read_all_settings', 'USAGE')")
    return connection


def _connect(owner: Credentials, wait_until: Deadline) -> Connection:
    while True:
        try:
            return with_memberships(
                psycopg.connect(
                    **owner.login(),
                    application_name="mailroom migrations",
                    autocommit=True,
                    connect_timeout=3,
                )
            )
        except psycopg.OperationalError as error:
            if wait_until.passed():
                refused = "authentication failed" in str(error)
                raise (CredentialsRefused if refused else DatabaseUnavailable)(str(error)) from None
            logger.warning("database not ready", reason=str(error))
        time.sleep(_PAUSE_SECONDS)


def _try_lock(connection: Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,)).fetchone()
    return row is not None and bool(row[0])
