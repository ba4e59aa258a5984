"""Applies plain SQL migrations by yoyo, in order, once.

https://ollycope.com/software/yoyo/latest/
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import psycopg
from yoyo import read_migrations  # type: ignore[import-untyped]
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend  # type: ignore[import-untyped]
from yoyo.connections import DatabaseURI  # type: ignore[import-untyped]
from yoyo.exceptions import LockTimeout  # type: ignore[import-untyped]
from yoyo.migrations import MigrationList, default_migration_table  # type: ignore[import-untyped]

from migrate_database.digests import check_digests, record_digest
from migrate_database.lock import with_memberships
from shared.errors import DatabaseUnavailable, MigrationFailed, MigrationLocked
from shared.logs import logger
from shared.secrets import Credentials
from shared.tls import tls_options

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

    def connect(self, dburi: DatabaseURI) -> Any:
        """Return a connection that may do what the database's owner may."""
        return with_memberships(super().connect(dburi))

    @contextmanager
    def copy(self) -> Iterator[Self]:
        """Lend yoyo this connection, clean, where it would open another one for each migration.

        RDS reserves two connections for the master user. This is the second: the first holds
        the migration lock.
        """
        yield self
        self.execute("DISCARD ALL")

    def applied_names(self) -> list[str]:
        """Return the names of the migrations that were applied, in their order."""
        self.ensure_internal_schema_updated()
        names = f"SELECT migration_id FROM {self.migration_table_quoted} ORDER BY migration_id"
        return [name for (name,) in self.execute(names).fetchall()]


@dataclass(frozen=True)
class Migrated:
    """What a migration did.

    Attributes:
        applied: Names of the migrations that were applied now.
        recorded: Names of those that were applied before digests were kept, and have one now.
    """

    applied: list[str]
    recorded: list[str]


def apply_migrations(
    owner: Credentials, folder: Path, *others: Path, removed_allowed: bool = False
) -> Migrated:
    """Apply the migrations that aren't applied yet.

    The caller holds the migration lock. So if yoyo's own lock, a row, is there, a process that
    ended has left it, and it is removed.

    Args:
        owner: The credentials of the database's owner.
        folder: The folder of the migrations of the inbox.
        others: The folders of the types' own migrations.
        removed_allowed: Whether the folders may lack migrations that were applied.

    Raises:
        DatabaseUnavailable: when Postgres has no connection left.
        MigrationDrift: when one that was applied has been edited or removed; nothing is applied.
        MigrationFailed: when there are no migrations, or the one that the error names fails.
        MigrationLocked: when yoyo's lock still can't be taken.
    """
    if not read_migrations(str(folder)):
        raise MigrationFailed(f"no migrations in {folder.name}: the package is incomplete")
    migrations = read_migrations(str(folder), *map(str, others))
    backend = _backend(owner)
    with backend:
        try:
            return _apply(backend, migrations, removed_allowed)
        except LockTimeout:
            logger.warning("removing yoyo's lock, which an earlier migration has left")
            backend.break_lock()
        try:
            return _apply(backend, migrations, removed_allowed)
        except LockTimeout as error:
            raise MigrationLocked("yoyo's lock is taken") from error


def _backend(owner: Credentials) -> _Backend:
    # get_backend would take the password in a URI, that is, in a text that may be logged.
    uri = DatabaseURI(
        scheme="postgresql+psycopg",
        username=owner.username,
        password=owner.password,
        hostname=owner.host,
        port=owner.port,
        database=owner.dbname,
        # No statement is prepared, as `copy` discards those that psycopg would know of.
        args={
            "application_name": "mailroom migrations",
            "prepare_threshold": None,
            **tls_options(owner.host),
        },
    )
    try:
        backend = _Backend(uri, default_migration_table)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(str(error)) from None
    backend.init_database()
    return backend


def _apply(backend: _Backend, migrations: MigrationList, removed_allowed: bool) -> Migrated:
    applied: list[str] = []
    files = {migration.id: Path(migration.path) for migration in migrations}
    with backend.lock(timeout=_LOCK_TIMEOUT_SECONDS):
        recorded = check_digests(
            backend.connection, backend.applied_names(), files, removed_allowed=removed_allowed
        )
        for migration in backend.to_apply(migrations):
            try:
                backend.apply_one(migration)
            except psycopg.Error as error:
                reason = f"{error.sqlstate}: {error.diag.message_primary or error}"
                raise MigrationFailed(f"migration {migration.id}: {reason}") from error
            record_digest(backend.connection, migration.id, files[migration.id])
            applied.append(migration.id)
    return Migrated(applied, recorded)
