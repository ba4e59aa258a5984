"""Checks that the table of each message type takes what the type's model allows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from messages.columns import Column
from messages.type_settings import InvalidMessageType
from messages.types import MessageType, field_line
from migrate_database.lock import Connection
from process_messages.statements import insert

_COLUMNS = """
SELECT table_name, column_name, is_nullable = 'YES',
       column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS',
       data_type, character_maximum_length,
       numeric_precision_radix = 10 AND numeric_scale IS NOT NULL
FROM information_schema.columns WHERE table_schema = 'public'
"""
_WHOLE_NUMBERS = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
_KEY = ("source", "id")
_NO_MESSAGES: dict[str, object] = {
    name: [] for name in ("source", "id", "batch_id", "digest", "time", "event")
}


@dataclass(frozen=True)
class _TableColumn:
    """A column as the table has it; `filled` without a value, by a default or an expression."""

    nullable: bool
    filled: bool
    type: str
    longest: int | None
    has_scale: bool

    def too_narrow(self, column: Column) -> str | None:
        """Return how it takes less than a field of the model may have."""
        if column.sql == "text" and self.longest is not None:
            if any(len(value) > self.longest for value in column.values) or not column.values:
                return f"takes at most {self.longest} characters"
        elif column.sql in ("bigint", "numeric") and self.type in _WHOLE_NUMBERS:
            limit = _WHOLE_NUMBERS[self.type]
            if column.bounds is None or not -limit <= column.bounds[0] <= column.bounds[1] < limit:
                return f"is {self.type}, which has fewer numbers"
        elif column.sql in ("bigint", "numeric", "double precision") and self.has_scale:
            return "is numeric with a precision and scale, to which Postgres rounds"
        elif self.type == "real":
            return "is real, which has fewer digits"
        return None


def check_tables(connection: Connection, types: Iterable[MessageType]) -> None:
    """Compare the types' tables with their models, and try each type's statement.

    Args:
        connection: A connection of the owner, in autocommit mode.
        types: The deployed types.

    Raises:
        InvalidMessageType: when a table is missing or takes less than the model allows.
    """
    tables: dict[str, dict[str, _TableColumn]] = defaultdict(dict)
    rows: Any = connection.execute(_COLUMNS)
    for table, column, *known in rows:
        tables[table][column] = _TableColumn(*known)
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
    one: MessageType, columns: dict[str, _TableColumn] | None
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
        elif column.nullable and not columns[column.name].nullable:
            yield line, f"{column.name} may be absent, and its column in {table} is NOT NULL"
        elif narrow := columns[column.name].too_narrow(column):
            yield line, f"{column.name}: its column in {table} {narrow}"
    known = {*_KEY, *(column.name for column in one.columns)}
    for name, column_there in columns.items():
        if name not in known and not column_there.nullable and not column_there.filled:
            yield 1, f"column {name} of {table} is NOT NULL, and the model has no such field"
