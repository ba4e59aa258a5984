"""docs/commands.md: `python -m mailroom.cli.documentation`."""

from collections.abc import Iterator
from typing import Any

import typer

from mailroom.cli.app import app

_HEAD = """# The commands

`mailroom COMMAND --help` says the same in the terminal. This page is generated from the commands
(`python -m mailroom.cli.documentation > docs/commands.md`), and a test fails when it is not
current.

Exit codes: 0 done, 1 failed, 2 refused (nothing was touched), 3 settled but with dead letters,
130 interrupted.
"""


def page() -> str:
    """The page as Markdown: a section for each command, a row for each option."""
    return "\n".join([_HEAD, *_sections(typer.main.get_command(app), "mailroom")])


def _sections(group: Any, prefix: str) -> Iterator[str]:
    for name, command in group.commands.items():
        path = f"{prefix} {name}"
        context = typer.Context(command)
        arguments = [
            piece
            for one in _parameters(command, "argument")
            for piece in one.get_usage_pieces(context)
        ]
        yield f"## `{' '.join([path, *arguments])}`\n"
        yield f"{' '.join((command.help or '').split())}\n"
        rows = [_row(option, context) for option in _parameters(command, "option")]
        if rows:
            yield "\n".join(["| option | meaning |", "|---|---|", *rows, ""])
        if hasattr(command, "commands"):
            yield from _sections(command, path)


def _parameters(command: Any, kind: str) -> list[Any]:
    return [one for one in command.params if one.param_type_name == kind and not one.hidden]


def _row(option: Any, context: typer.Context) -> str:
    names, meaning = option.get_help_record(context)
    return "| " + " | ".join(c.replace("|", r"\|") for c in (f"`{names}`", meaning)) + " |"


if __name__ == "__main__":
    print(page(), end="")
