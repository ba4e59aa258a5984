"""Checks that the table of each message type takes what the type's model allows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import psycopg

from messages.type_settings import InvalidMessageType
from messages.types import MessageType, field_line
from migrate_database.lock import Connection
from process_messages.statements import insert

_COLUMNS = """
SELECT table_name, column_name, is_nullable = 'YES',
       column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
FROM information_schema.columns WHERE table_schema = 'public'
"""
_KEY = ("source", "id")
_NO_MESSAGES: dict[str, object] = {
    name: [] for name in ("source", "id", "batch_id", "digest", "time", "event")
}


def check_tables(connection: Connection, types: Iterable[MessageType]) -> None:
    """Compare the types' tables with their models, and try each type's statement.

    Args:
        connection: A connection of the owner, in autocommit mode.
        types: The deployed types.

    Raises:
        InvalidMessageType: when a table is missing or takes less than the model allows.
    """
    tables: dict[str, dict[str, tuple[bool, bool]]] = defaultdict(dict)
    for table, column, nullable, filled in connection.execute(_COLUMNS):
        tables[str(table)][str(column)] = bool(nullable), bool(filled)
    for one in types:
        for line, reason in _differences(one, tables.get(one.settings.table)):
            raise InvalidMessageType(f"message_types/{one.name}/__init__.py", line, reason)
        try:
            connection.execute(insert(one), {**_NO_MESSAGES, "type": one.name})
        except psycopg.Error as error:
            reason = f"table {one.settings.table}: {error.diag.message_primary or error}"
            file = f"message_types/{one.name}/__init__.py"
            raise InvalidMessageType(file, 1, reason) from error


def _differences(
    one: MessageType, columns: dict[str, tuple[bool, bool]] | None
) -> Iterator[tuple[int, str]]:
    """Yield the line of the model and the reason of each difference."""
    table = one.settings.table
    if columns is None:
        yield 1, f"table {table} doesn't exist; a file in migrations/ must create it"
        return
    for column in one.columns:
        line = field_line(one.data, column.name)
        if column.name not in columns:
            yield line, f"table {table} has no column {column.name}"
        elif column.nullable and not columns[column.name][0]:
            yield line, f"{column.name} may be absent, and its column in {table} is NOT NULL"
    known = {*_KEY, *(column.name for column in one.columns)}
    for name, (nullable, filled) in columns.items():
        if name not in known and not nullable and not filled:
            yield 1, f"column {name} of {table} is NOT NULL, and the model has no such field"
