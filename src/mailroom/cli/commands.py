"""Every command, and the module that is imported when it is called."""

import functools
import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

from mailroom.cli.options import PASSED_ON

# The module and function, or group, of each command, in the order of the help page. Those of the
# folder `aws` are a group there.
PLACES = {
    "up": "daily.lifecycle:up",
    "down": "daily.lifecycle:down",
    "reset": "daily.lifecycle:reset",
    "status": "daily.status:status",
    "logs": "daily.functions.logs:logs",
    "invoke": "daily.functions.invoke:invoke",
    "debug": "daily.functions.debug:debug",
    "send": "daily.send:send",
    "executions": "daily.executions.commands:app",
    "messages": "daily.messages:messages",
    "trace": "observing.trace:trace",
    "queues": "daily.queues:queues",
    "dead-letters": "daily.dead_letters:app",
    "unrouted": "daily.dead_letters:unrouted",
    "replay": "daily.replay:replay",
    "load": "daily.load:load",
    "types": "daily.types:app",
    "database": "daily.data.database:app",
    "snapshot": "daily.data.snapshot:app",
    "summary": "observing.summary:summary",
    "console": "observing.console:console",
    "resources": "access.resources:resources",
    "env": "access.env:env",
    "run": "access.env:run",
    "aws": "access.env:aws",
    "profile": "access.profile:app",
    "lock": "aws.package:lock",
    "demo": "daily.demo:demo",
    "check": "aws.check:check",
    "iam": "aws.iam:app",
    "setup": "aws.setup:setup",
    "package": "aws.package:package",
    "deploy": "aws.deploy:deploy",
    "verify": "aws.verify:verify",
    "promote": "aws.promote:promote",
    "promotions": "aws.promotions:promotions",
    "rollback": "aws.rollback:rollback",
    "delete": "aws.delete:delete",
    "publish": "aws.publish:publish",
    "rehearse": "aws.rehearse:rehearse",
    "estimate": "aws.estimate:estimate",
    "doctor": "daily.doctor:doctor",
    "cache": "daily.cache:app",
}


GROUPS = {"daily": "Every day", "aws": "For AWS"}
# Of every day, although they share a module with a command for AWS.
_DAILY = ("lock",)
# What follows their own options belongs to another program.
_PASS_ON = ("run", "aws")


class Commands(TyperGroup):
    """All commands. Each is imported when it is used, as importing all of them takes 0.2 s."""

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
    command = _imported(name)
    for_aws = PLACES[name].startswith("aws.") and name not in _DAILY
    command.rich_help_panel = GROUPS["aws" if for_aws else "daily"]
    return command


def _imported(name: str) -> Any:
    module, _, attribute = PLACES[name].partition(":")
    found = getattr(importlib.import_module(f"mailroom.cli.{module}"), attribute)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
        command.name = name
        return command
    single = typer.Typer(add_completion=False)
    single.command(name, context_settings=PASSED_ON if name in _PASS_ON else None)(found)
    return typer.main.get_command(single)
