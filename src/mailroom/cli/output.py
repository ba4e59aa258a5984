"""Prints results: tables on a terminal, tab-separated values in a pipe, or JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table

from mailroom.cli.program import as_called
from mailroom.errors import MailroomError


class Messages(Console):
    """Standard error. Commands in a text are written as this process was called."""

    def print(self, *objects: Any, **options: Any) -> None:
        shown = (as_called(one) if isinstance(one, str) else one for one in objects)
        super().print(*shown, **options)


# Without emoji: rich would take `:secret:` in an ARN for one.
console = Console(emoji=False)
errors = Messages(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def show_error(error: MailroomError) -> None:
    """Print an error, and its hint below."""
    errors.print("[red bold]error:[/] ", end="")
    errors.print(str(error), markup=False)
    if error.hint:
        errors.print(error.hint, markup=False, style="dim")


def show_table(columns: Sequence[str], rows: Iterable[Iterable[object]], title: str = "") -> None:
    """Print rows. Numbers are aligned right; None is shown as a dash.

    Args:
        columns: Their headings.
        rows: A value for each column.
        title: Printed above, on a terminal only.
    """
    table_rows: list[list[object]] = [list(row) for row in rows]
    if not console.is_terminal:
        print("\t".join(columns))
        for row in table_rows:
            print("\t".join("" if value is None else _one_line(value) for value in row))
        return
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float | None) for row in table_rows)
        side: JustifyMethod = "right" if numeric and table_rows else "left"
        # Fold wide values, as a person may want to copy them.
        table.add_column(column, justify=side, overflow="fold")
    for row in table_rows:
        table.add_row(*("-" if value is None else _one_line(value) for value in row), style="")
    console.print(table, markup=False)


def show_json(document: Any) -> None:
    """Print one JSON document."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_as_json)
    print()


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
