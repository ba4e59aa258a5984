"""Applies plain SQL migrations by yoyo, in order, once.

https://ollycope.com/software/yoyo/latest/
"""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from yoyo import read_migrations  # type: ignore[import-untyped]
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend  # type: ignore[import-untyped]
from yoyo.connections import DatabaseURI  # type: ignore[import-untyped]
from yoyo.exceptions import LockTimeout  # type: ignore[import-untyped]
from yoyo.migrations import MigrationList, default_migration_table  # type: ignore[import-untyped]

from shared.errors import MigrationFailed, MigrationLocked
from shared.logs import logger
from shared.secrets import Credentials

_LOCK_TIMEOUT_SECONDS = 2


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]
    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """Return yoyo's log entry without asking DNS for this host or the system for its user."""
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": self.uri.username,
            "hostname": "",
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }


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


def _backend(owner: Credentials) -> _Backend:
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
    backend = _Backend(uri, default_migration_table)
    backend.init_database()
    return backend


def _apply(backend: _Backend, migrations: MigrationList) -> list[str]:
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
