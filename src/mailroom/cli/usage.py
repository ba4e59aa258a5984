"""Says in Mailroom's words what is wrong with a command line."""

import re
from typing import Any

from typer._click.exceptions import (
    BadParameter,
    MissingParameter,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperGroup

from mailroom.errors import Refused
from mailroom.wording import did_you_mean, known_names

_NO_COMMAND = re.compile(r"No such command '(.*?)'\.", re.DOTALL)
_UNEXPECTED = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL)
_NO_VALUE = re.compile(r"Option '(.*)' requires an argument\.")
_UNWANTED_VALUE = re.compile(r"Option '(.*)' does not take a value\.")


def explain(error: UsageError) -> Refused:
    """The error for a command line that can't be read; its hint says how to go on."""
    command = error.ctx.command_path if error.ctx else "mailroom"
    message, hint = _said(error)
    more = f"more: {command} --help"
    return Refused(message, "\n".join(line for line in (hint, more) if line))


def _said(error: UsageError) -> tuple[str, str]:
    if isinstance(error, NoSuchOption):
        return f"there is no option {error.option_name}", _close_option(error)
    if isinstance(error, MissingParameter):
        usage = error.ctx.get_usage() if error.ctx else ""
        return f"{_name(error)} is missing", usage
    if isinstance(error, BadParameter):
        return _bad_value(error)
    if found := _NO_COMMAND.match(error.message):
        group = error.ctx.command if error.ctx else None
        known = group.commands if isinstance(group, TyperGroup) else {}
        return f"there is no command {found[1]}", did_you_mean(found[1], known)
    if found := _UNEXPECTED.match(error.message):
        usage = error.ctx.get_usage() if error.ctx else ""
        return f"too many words: {found[1]}", usage
    if found := _NO_VALUE.match(error.message):
        return f"{found[1]} takes a value", ""
    if found := _UNWANTED_VALUE.match(error.message):
        return f"{found[1]} takes no value", ""
    return error.message.rstrip("."), ""


def _bad_value(error: BadParameter) -> tuple[str, str]:
    """What a parameter takes, and the value that it was given.

    typer has pydantic validate values, in pydantic's words; they are in the error's cause.
    """
    details: list[Any] = getattr(error.__cause__, "errors", list)()
    if not details or error.param is None:
        return f"{_name(error)}: {error.message}", ""
    # For an option that may be repeated, the value that is wrong.
    given = str(details[0]["input"])
    described: Any = getattr(error.param, "type_descriptor", None)
    choices = [str(getattr(one, "value", one)) for one in described.choices or ()]
    if choices:
        return f"{_name(error)} is {given!r}", known_names(given, "it may be", choices)
    if described.is_datetime:
        return f"{_name(error)} is {given!r}", "a time is required, as 2026-01-31T09:30:00"
    return f"{_name(error)} is {given!r}", _number(described) or str(details[0]["msg"])


def _number(described: Any) -> str:
    kind = {int: "a whole number", float: "a number"}.get(described.annotation)
    # `int | None` is the annotation of an optional number.
    kind = kind or ("a whole number" if "int" in str(described.annotation) else "")
    lowest, highest = described.parameter_info.min, described.parameter_info.max
    if not kind:
        return ""
    if lowest is None and highest is None:
        return f"{kind} is required"
    if highest is None or highest >= 2**31:
        return f"{kind} from {lowest} is required"
    return f"{kind} from {lowest} to {highest} is required"


def _name(error: BadParameter) -> str:
    param: Any = error.param
    if param is None:
        return "a value"
    if param.param_type_name == "option":
        long = [one for one in param.opts if one.startswith("--")] or param.opts
        variable = f" (or {param.envvar})" if param.envvar else ""
        return f"{long[0]}{variable}"
    return str(param.display_name_raw).upper()


def _close_option(error: NoSuchOption) -> str:
    known = [
        name
        for one in (error.ctx.command.get_params(error.ctx) if error.ctx else ())
        if one.param_type_name == "option"
        for name in one.opts
    ]
    return did_you_mean(error.option_name, known)
