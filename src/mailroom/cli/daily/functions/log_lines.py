"""Prints log records: a readable line each on a terminal, as they are in a pipe, or JSON."""

import json
import sys
from collections.abc import Iterable

from rich.text import Text

from mailroom.cli.output import console
from mailroom.logs.records import METRICS, PLATFORM, LogRecord
from mailroom.wording import for_terminal

_STYLES = {
    "CRITICAL": "red bold",
    "FATAL": "red bold",
    "ERROR": "red bold",
    "WARNING": "yellow",
    "WARN": "yellow",
    "DEBUG": "dim",
    METRICS: "dim",
    PLATFORM: "dim",
}
# They have a request id and nothing else; REPORT has it too.
_SILENT = ("START RequestId: ", "END RequestId: ")


def print_records(records: Iterable[LogRecord], *, as_json: bool) -> None:
    """Print records.

    Args:
        records: The records.
        as_json: Whether to print a JSON document a line.
    """
    for record in records:
        if as_json:
            print(json.dumps(record.document(), ensure_ascii=False))
        elif console.is_terminal:
            if not record.message.startswith(_SILENT):
                console.print(readable(record), soft_wrap=True, highlight=False)
        elif record.event:
            print(record.event.message)
    sys.stdout.flush()


def readable(record: LogRecord) -> Text:
    """A record in a line: time, function, level, message, and its fields dimmed.

    Further lines of the message, such as a traceback's, are indented.
    """
    first, *more = for_terminal(record.message).split("\n")
    style = _STYLES.get(record.level.upper(), "")
    line = Text()
    line.append(f"{record.time:%H:%M:%S}.{record.time.microsecond // 1000:03} ", style="dim")
    line.append(f"{record.function} ", style="cyan")
    line.append(f"{record.level.upper():7} " if record.level else "", style=style)
    line.append(first, style=style)
    for name, value in record.fields.items():
        shown = for_terminal(_text(value))
        if "\n" in shown:
            more += [f"{name}:", *shown.split("\n")]
        else:
            line.append(f" {name}={shown}", style="dim")
    for extra in more:
        line.append(f"\n    {extra}", style=style or "dim")
    return line


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
