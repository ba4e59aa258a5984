"""Detects migrations that were edited or removed after they were applied.

yoyo knows applied migrations by their names alone: it would not apply an edit, and databases
would differ by when they were migrated.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from messages.types import message_types
from shared.errors import MigrationDrift

_CREATE = """
CREATE TABLE IF NOT EXISTS migration_digests (
    migration_id text        PRIMARY KEY,
    digest       text        NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now()
)
"""
_RECORD = """
INSERT INTO migration_digests (migration_id, digest) VALUES (%s, %s)
ON CONFLICT (migration_id) DO UPDATE SET digest = excluded.digest, recorded_at = now()
"""
_ADVICE = "restore it, and put what is to change into a new migration"


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a migration's text; CRLF and LF count as the same."""
    return hashlib.sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def record_digest(connection: psycopg.Connection[Any], name: str, file: Path) -> None:
    """Record the digest of a migration that is applied."""
    connection.execute(_RECORD, (name, digest_of(file)))


def check_digests(
    connection: psycopg.Connection[Any],
    applied: Sequence[str],
    files: Mapping[str, Path],
    *,
    removed_allowed: bool,
) -> list[str]:
    """Compare the applied migrations with their recorded digests.

    Args:
        connection: A connection of the owner, in autocommit mode.
        applied: Names of the migrations that were applied.
        files: The package's migrations by name.
        removed_allowed: Whether applied migrations may be missing, as after a rollback to an
            earlier release. Those of a removed message type always may.

    Returns:
        Names of the migrations whose digests were missing, as an earlier release applied them.
        They are recorded now.

    Raises:
        MigrationDrift: when migrations were edited or removed; the error names each.
    """
    connection.execute(_CREATE)
    rows = connection.execute("SELECT migration_id, digest FROM migration_digests").fetchall()
    known = dict(rows)
    faults = []
    for name in applied:
        if name not in files:
            allowed = removed_allowed or _is_of_removed_type(name)
            faults += [] if allowed else [f"{name} was applied and is gone"]
        elif known.get(name, digest_of(files[name])) != digest_of(files[name]):
            faults.append(f"{name} was edited after it was applied")
    if faults:
        raise MigrationDrift(f"migration {'; migration '.join(faults)}: {_ADVICE}")
    unknown = [name for name in applied if name in files and name not in known]
    for name in unknown:
        record_digest(connection, name, files[name])
    return unknown


def _is_of_removed_type(name: str) -> bool:
    """Return whether a migration's name is `<type>.…` and there is no such type any more."""
    first = name.partition(".")[0]
    return not first.isdigit() and first not in message_types()
