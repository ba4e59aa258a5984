"""Tries migrations and message types in an empty database: `python -m migrate_database.trial`.

It reads a superuser's connection string from standard input, makes a database of its own, and
drops it again. It prints, as JSON, `faults`: what is wrong with migrations, tables, grants and
samples, each with file and line. Exits with 0, or with 2 when there are faults.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlparse
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from messages.event import Message
from messages.type_settings import InvalidMessageType
from messages.types import MessageType, field_line, message_types
from migrate_database.lock import Connection
from migrate_database.migrations import apply_migrations
from migrate_database.tables import check_tables
from process_messages.statements import insert
from shared.errors import MigrationFailed
from shared.secrets import Credentials

_COMMENTS = re.compile(r"(\s|--[^\n]*\n)*")


def faults(dsn: str, migrations: Path) -> Iterator[InvalidMessageType]:
    """Yield what is wrong; after a migration that fails, nothing else is tried.

    Args:
        dsn: Connection string of a superuser.
        migrations: The folder of the inbox's migrations.
    """
    types = list(message_types().values())
    folders = [migrations, *(one.folder / "migrations" for one in types)]
    with _database(dsn) as owner:
        try:
            apply_migrations(owner, *(folder for folder in folders if folder.is_dir()))
        except MigrationFailed as error:
            yield _failed_migration(owner, folders, error)
            return
        with psycopg.connect(**owner.login(), autocommit=True) as connection:
            for one in types:
                try:
                    check_tables(connection, [one])
                    _check_grants(connection, one)
                    _check_samples(connection, one)
                except InvalidMessageType as error:
                    yield error


@contextmanager
def _database(dsn: str) -> Iterator[Credentials]:
    parts: dict[str, Any] = conninfo_to_dict(dsn)
    name = sql.Identifier(f"mailroom_trial_{os.getpid()}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            password = parts.get("password", "")
            login = parts["host"], int(parts["port"]), name.as_string()[1:-1], parts["user"]
            yield Credentials(*login, password)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _failed_migration(
    owner: Credentials, folders: list[Path], error: MigrationFailed
) -> InvalidMessageType:
    """Return a migration's error with its file and the line of the statement that fails."""
    name = str(error).removeprefix("migration ").partition(":")[0]
    file = next(path for folder in folders if (path := folder / f"{name}.sql").exists())
    with psycopg.connect(**owner.login()) as connection:
        line = _failing_line(connection, file.read_text())
        connection.rollback()
    place = file.relative_to(file.parents[2 if file.parents[1].name == "message_types" else 1])
    shown = f"message_types/{file.parents[1].name}/{place}" if name[0].isalpha() else str(place)
    return InvalidMessageType(shown, line, str(error))


def _failing_line(connection: psycopg.Connection[Any], text: str) -> int:
    place = 0
    for statement in sqlparse.split(text):
        place = text.index(statement, place)
        try:
            connection.execute(statement.encode())
        except psycopg.Error as error:
            begins = _COMMENTS.match(text, place)
            start = begins.end() if begins else place
            if error.diag.statement_position:
                start = place + int(error.diag.statement_position) - 1
            return text[:start].count("\n") + 1
    return 1


def _check_grants(connection: Connection, one: MessageType) -> None:
    for table, privileges in one.settings.grants.items():
        grant = sql.SQL("GRANT {} ON {} TO CURRENT_USER").format(
            sql.SQL(privileges), sql.Identifier(table)
        )
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(grant)
        except psycopg.Error as error:
            reason = f"[grants] {table}: {error.diag.message_primary}"
            lines = (one.folder / "type.toml").read_text().splitlines()
            line = next((n for n, text in enumerate(lines, 1) if text.startswith(table)), 1)
            file = f"message_types/{one.name}/type.toml"
            raise InvalidMessageType(file, line, reason) from None


def _check_samples(connection: Connection, one: MessageType) -> None:
    """Insert the samples, and the first one with each value that the model lists."""
    file = one.folder / "samples.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    shown = f"message_types/{one.name}"
    events = [(n, text) for n, text in enumerate(lines, 1) if text.strip()]
    for number, text in events:
        if reason := _refusal(connection, one, text):
            raise InvalidMessageType(f"{shown}/{file.name}", number, reason)
    for column in one.columns if events else ():
        for value in column.values:
            event = json.loads(events[0][1])
            event["data"][column.key] = value
            if reason := _refusal(connection, one, json.dumps(event)):
                line = field_line(one.data, column.name)
                named = f"{column.name} may be {value!r}, and the table refuses it: {reason}"
                raise InvalidMessageType(f"{shown}/__init__.py", line, named)


def _refusal(connection: Connection, one: MessageType, text: str) -> str | None:
    message = Message(text)
    row: dict[str, object] = {
        "type": one.name,
        "source": [message.event.source],
        "id": [message.event.id],
        "batch_id": [None],
        "digest": [message.digest],
        "time": [None],
        "event": [text],
    }
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(insert(one), row)
    except psycopg.Error as error:
        return str(error.diag.message_primary or error)
    return None


def main() -> int:
    """Try the types of this folder, and print the result."""
    found = [
        {"file": error.file, "line": error.line, "reason": error.reason}
        for error in faults(sys.stdin.read(), Path.cwd() / "migrations")
    ]
    print(json.dumps({"faults": found}))
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main())
