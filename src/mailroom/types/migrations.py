"""Generates the migrations of columns that a model has gained: forward only, and committed."""

import re
from pathlib import Path

from mailroom.project import Project
from mailroom.types.comparison import Contract, added_columns
from mailroom.types.contracts import contract
from mailroom.types.described import FOLDER, Column, MessageType, read_types
from mailroom.types.folder import column_check, latest_migration

_MIGRATION = """-- depends: {before}
-- Columns that events of type {name} have gained. Rows that are there have no value for them, so
-- they may be null, whatever the model says. The statements may run twice.

{statements}
"""


def write_migrations(project: Project, before: Contract) -> list[Path]:
    """Write a migration for each type that has columns which an earlier contract lacks.

    Columns that a migration of the type adds already are left out.

    Returns:
        The files.

    Raises:
        Refused: A type's folder is wrong.
    """
    now = contract(project)
    written = []
    for one in read_types(project):
        folder = project.functions / FOLDER / one.name / "migrations"
        known = "\n".join(file.read_text() for file in folder.glob("*.sql"))
        added = set(added_columns(before, now, one.name))
        columns = [
            column
            for column in one.columns
            if column.name in added and not _is_added(column.name, known)
        ]
        if columns:
            folder.mkdir(exist_ok=True)
            file = folder / f"{one.name}.{_number(one):04}.sql"
            file.write_text(_migration(project, one, columns))
            written.append(file)
    return written


def _is_added(column: str, sql: str) -> bool:
    pattern = rf'ADD\s+COLUMN\s+(IF\s+NOT\s+EXISTS\s+)?"?{re.escape(column)}"?\s'
    return re.search(pattern, sql, re.IGNORECASE) is not None


def _number(one: MessageType) -> int:
    numbers = [int(match[0]) for name in one.migrations if (match := re.search(r"\d+", name))]
    return max(numbers, default=0) + 1


def _migration(project: Project, one: MessageType, columns: list[Column]) -> str:
    statements = [
        f'ALTER TABLE {one.table} ADD COLUMN IF NOT EXISTS "{column.name}" {column.sql}'
        f"{column_check(column.name, column.values)};"
        for column in columns
    ]
    before = one.migrations[-1] if one.migrations else latest_migration(project)
    return _MIGRATION.format(before=before, name=one.name, statements="\n\n".join(statements))
