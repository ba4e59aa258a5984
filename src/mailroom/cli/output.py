"""Prints results: tables on a terminal, tab-separated values in a pipe, or JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rich.console import Console

from mailroom.cli.program import as_called
from mailroom.errors import MailroomError
from mailroom.wording import for_terminal


class Output(Console):
    """Standard output or error. A terminal gets no control character of a text."""

    def print(self, *objects: Any, **options: Any) -> None:
        if self.is_terminal:
            objects = tuple(for_terminal(one) if isinstance(one, str) else one for one in objects)
        super().print(*objects, **options)


class Messages(Output):
    """Standard error. Commands in a text are written as this process was called."""

    def print(self, *objects: Any, **options: Any) -> None:
        shown = (as_called(one) if isinstance(one, str) else one for one in objects)
        super().print(*shown, **options)


# Without emoji: rich would take `:secret:` in an ARN for one.
console = Output(emoji=False)
errors = Messages(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def show_error(error: MailroomError) -> None:
    """Print an error, and its hint below."""
    errors.print("[red bold]error:[/] ", end="")
    errors.print(str(error), markup=False)
    if error.hint:
        errors.print(error.hint, markup=False, style="dim")


def show_table(
    columns: Sequence[str],
    rows: Iterable[Iterable[object]],
    title: str = "",
    *,
    gives_way: Sequence[str] = (),
    below: Sequence[str] = (),
) -> None:
    """Print rows. Numbers are aligned right; None is shown as a dash.

    In a terminal that is too narrow, cells are wrapped between words; no id is ever broken.

    Args:
        columns: Their headings.
        rows: A value for each column.
        title: Printed above, on a terminal only.
        gives_way: Columns that a narrow terminal leaves out, the first one first.
        below: Columns that a narrow terminal shows below each row, the first one first.
    """
    table_rows: list[list[object]] = [list(row) for row in rows]
    if not console.is_terminal:
        print("\t".join(columns))
        for row in table_rows:
            print("\t".join("" if value is None else _one_line(value) for value in row))
        return
    from mailroom.cli.tables import lay_out, lines

    cells = [
        ["-" if value is None else for_terminal(_one_line(value)) for value in row]
        for row in table_rows
    ]
    numeric = [
        bool(cells) and all(isinstance(row[n], int | float | None) for row in table_rows)
        for n in range(len(columns))
    ]
    layout = lay_out(columns, cells, console.width, gives_way, below)
    if title:
        console.print(title, style="italic", markup=False, highlight=False, soft_wrap=True)
    for number, line in enumerate(lines(columns, cells, numeric, layout, console.width)):
        style = "bold" if number == 0 and not layout.records else ""
        # The terminal breaks what is too long, so that it is copied whole.
        console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
    if layout.left_out:
        names = ", ".join(columns[n] for n in sorted(layout.left_out))
        errors.print(f"not shown in {console.width} columns: {names}", style="dim", markup=False)


def show_json(document: Any) -> None:
    """Print one JSON document."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=_as_json)
    print()


def _as_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _one_line(value: object) -> str:
    return " ".join(str(value).split())
