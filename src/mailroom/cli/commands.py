"""Every command, and the module that is imported when it is called."""

import functools
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

# The function, or the group, of each; in the order of the help page.
PLACES = {
    "up": "life:up",
    "down": "life:down",
    "reset": "life:reset",
    "status": "status:status",
    "logs": "logs:logs",
    "debug": "debug:debug",
    "send": "send:send",
    "messages": "messages:messages",
    "queues": "queues:queues",
    "dead-letters": "dead_letters:app",
    "unrouted": "unrouted:app",
    "replay": "replay:replay",
    "demo": "demo:demo",
    "check": "check:check",
    "iam": "iam:app",
    "setup": "aws:setup",
    "package": "aws:package",
    "deploy": "aws:deploy",
    "verify": "promotion:verify",
    "promote": "promotion:promote",
    "promotions": "promotion:promotions",
    "rollback": "promotion:rollback",
    "delete": "removal:delete",
    "publish": "removal:publish",
    "rehearse": "rehearse:rehearse",
    "doctor": "doctor:doctor",
}


class Commands(TyperGroup):
    """The commands, of which only those are imported that are asked for: all of them take
    some 0.2 s."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"commands": _Imported()})


class _Imported(Mapping[str, Any]):
    def __getitem__(self, name: str) -> Any:
        return _command(name)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


@functools.cache
def _command(name: str) -> Any:
    module, _, attribute = PLACES[name].partition(":")
    found = getattr(importlib.import_module(f"mailroom.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
        command.name = name
        return command
    single = typer.Typer(add_completion=False)
    single.command(name)(found)
    return typer.main.get_command(single)
