"""Lays out a table in the width of a terminal. No word is broken, so no id and no ARN."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

_GAP = 2
_INDENT = "    "
# A cell up to this wide is not wrapped, as a time or a duration.
_WHOLE = 20


@dataclass(frozen=True)
class Layout:
    """Where the columns of a table go. Columns are numbered from 0.

    Attributes:
        widths: The columns beside each other, and the width of each.
        below: The columns whose values stand on a line of their own below each row.
        left_out: The columns that have no place.
        records: Whether no two columns fit, so that each value stands on a line of its own.
    """

    widths: dict[int, int]
    below: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    records: bool = False


def lay_out(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    width: int,
    gives_way: Sequence[str] = (),
    below: Sequence[str] = (),
) -> Layout:
    """Find places for the columns: wrapped between words, else below the row, else left out.

    Args:
        columns: Their headings.
        rows: The cells, one text a column.
        width: The terminal's, in characters.
        gives_way: The columns that can be left out, the first one first.
        below: The columns that can go below the row, the first one first.
    """
    cells = [[heading, *(row[n] for row in rows)] for n, heading in enumerate(columns)]
    widest = [max(map(cell_len, column)) for column in cells]
    least = [min(most, _least(column)) for most, column in zip(widest, cells, strict=True)]
    place = {heading: n for n, heading in enumerate(columns)}
    moves = [("below", place[one]) for one in below] + [("out", place[one]) for one in gives_way]
    beside, under, out = list(range(len(columns))), list[int](), list[int]()
    while _total([least[n] for n in beside]) > width:
        if not moves:
            return Layout({n: widest[n] for n in range(len(columns))}, records=True)
        where, column = moves.pop(0)
        if column in beside:
            beside.remove(column)
            (under if where == "below" else out).append(column)
    widths = _fit({n: widest[n] for n in beside}, least, width)
    return Layout(widths, tuple(sorted(under)), tuple(out))


def lines(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[bool],
    layout: Layout,
    width: int,
) -> list[str]:
    """The lines of a table; the first one has the headings, unless it is laid out as records.

    Args:
        columns: Their headings.
        rows: The cells, one text a column.
        numeric: Whether a column is aligned right.
        layout: Where the columns go.
        width: The terminal's, in characters.
    """
    if layout.records:
        longest = max(map(len, columns))
        names = [f"{name:<{longest + _GAP}}" for name in columns]
        records = [[*map("".join, zip(names, row, strict=True)), ""] for row in rows]
        return [line for record in records for line in record][:-1]
    found_lines = _row(columns, numeric, layout)
    for row in rows:
        found_lines += _row(row, numeric, layout)
        text = " · ".join(row[n] for n in layout.below if row[n] != "-")
        if text:
            found_lines += [_INDENT + line for line in _wrap(text, width - len(_INDENT))]
    return found_lines


def _row(cells: Sequence[str], numeric: Sequence[bool], layout: Layout) -> list[str]:
    wrapped = {n: _wrap(cells[n], width) for n, width in layout.widths.items()}
    height = max(map(len, wrapped.values()), default=0)
    found = []
    for number in range(height):
        parts = []
        for n, width in layout.widths.items():
            part = wrapped[n][number] if number < len(wrapped[n]) else ""
            room = " " * (width - cell_len(part))
            parts.append(room + part if numeric[n] else part + room)
        found.append((" " * _GAP).join(parts).rstrip())
    return found


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def _least(cells: Sequence[str]) -> int:
    words = [cell_len(word) for cell in cells for word in cell.split()]
    return max([_WHOLE, *words])


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _GAP * max(len(widths) - 1, 0)


def _fit(widths: dict[int, int], least: Sequence[int], width: int) -> dict[int, int]:
    """Take from the widest column that can be wrapped, until the row fits."""
    fitted = dict(widths)
    while _total(list(fitted.values())) > width:
        widest = max((n for n in fitted if fitted[n] > least[n]), key=lambda n: fitted[n])
        fitted[widest] -= 1
    return fitted
