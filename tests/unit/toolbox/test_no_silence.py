"""Every command shows a step while it waits, which says after ten seconds what it waits for."""

import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from types import CodeType
from typing import Any

import pytest
import typer

from mailroom.cli.app import app

_TOOLBOX = "mailroom.cli."
# Commands that wait for nothing, or say so by themselves.
_AT_ONCE = {
    "types schema": "reads the type's folder",
    "types show": "reads the type's folder",
    "snapshot list": "reads a folder",
    "profile remove": "writes AWS's configuration files",
    "debug": "prints at once what it waits for",
}


def leaves(group: Any, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each command's words, and its function."""
    for name, command in group.commands.items():
        words = f"{prefix} {name}".strip()
        if hasattr(command, "commands"):
            if command.invoke_without_command:
                yield words, command.callback
            yield from leaves(command, words)
        else:
            yield words, command.callback


COMMANDS = dict(leaves(typer.main.get_command(app)))


def shows_a_step(function: Callable[..., Any], seen: set[object]) -> bool:
    """Whether a function, or one of the toolbox's commands that it calls, makes a step."""
    seen.add(function)
    names = set(_names(function.__code__))
    if "Progress" in names:
        return True
    modules = [import_module(one) for one in names if one.startswith(_TOOLBOX)]
    known = {k: v for one in modules for k, v in vars(one).items()} | function.__globals__
    called = {known[name] for name in names if inspect.isfunction(known.get(name))}
    return any(
        shows_a_step(one, seen) for one in called - seen if one.__module__.startswith(_TOOLBOX)
    )


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_says_what_it_waits_for(words: str) -> None:
    function = inspect.unwrap(COMMANDS[words])

    assert shows_a_step(function, set()) != (words in _AT_ONCE)
