"""Applies plain SQL migrations by yoyo, in order, once.

https://ollycope.com/software/yoyo/latest/
"""

from pathlib import Path

import psycopg
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.exceptions import LockTimeout
from yoyo.migrations import MigrationList, default_migration_table

from shared.errors import MigrationFailed, MigrationLocked
from shared.logs import logger
from shared.secrets import Credentials

_LOCK_TIMEOUT_SECONDS = 2


def apply_migrations(owner: Credentials, folder: Path) -> list[str]:
    """Apply the migrations of a folder that aren't applied yet and return their names.

    The caller holds the migration lock. So a row of yoyo's own lock that stays was left by a
    process that died, and is removed.

    Raises:
        MigrationFailed: when there are none, or one fails; it names it.
        MigrationLocked: when yoyo's lock can't be had all the same.
    """
    migrations = read_migrations(str(folder))
    if not migrations:
        raise MigrationFailed(f"no migrations in {folder.name}: the package is incomplete")
    backend = _backend(owner)
    with backend:
        try:
            return _apply(backend, migrations)
        except LockTimeout:
            logger.warning("removing the lock that a migration left when it died")
            backend.break_lock()
        try:
            return _apply(backend, migrations)
        except LockTimeout as error:
            raise MigrationLocked("yoyo's lock is held") from error


def _backend(owner: Credentials) -> PostgresqlPsycopgBackend:
    # Not by get_backend, which takes a URI and so puts the password into a text.
    uri = DatabaseURI(
        scheme="postgresql+psycopg",
        username=owner.username,
        password=owner.password,
        hostname=owner.host,
        port=owner.port,
        database=owner.dbname,
        args={"application_name": "mailroom migrations"},
    )
    backend = PostgresqlPsycopgBackend(uri, default_migration_table)
    backend.init_database()
    return backend


def _apply(backend: PostgresqlPsycopgBackend, migrations: MigrationList) -> list[str]:
    applied: list[str] = []
    with backend.lock(timeout=_LOCK_TIMEOUT_SECONDS):
        for migration in backend.to_apply(migrations):
            try:
                backend.apply_one(migration)
            except psycopg.Error as error:
                reason = f"{error.sqlstate}: {error.diag.message_primary or error}"
                raise MigrationFailed(f"migration {migration.id}: {reason}") from error
            applied.append(migration.id)
    return applied
