"""Paths, intrinsic functions and templates of values."""

from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.intrinsics import intrinsic_fault
from mailroom.checking.machines.jsonpath import path_fault
from mailroom.checking.machines.machine import Machine, State
from mailroom.checking.rule import machines, rule
from mailroom.checking.template.source import Place

_PATHS = ("InputPath", "OutputPath", "ItemsPath", "Variable")
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Credentials", "BatchInput", "Assign")
_EITHER = ("ErrorPath", "CausePath")
_NESTED = ("States", "Branches", "ItemProcessor", "Iterator", "Result")
_INTRINSICS = "step-functions/latest/dg/intrinsic-functions.html"


def _walk(value: Any, place: Place, template: bool) -> Iterator[tuple[Place, str, Any, bool]]:
    """Every field under a state's: place, key, value, and whether it is in a template."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not template and key in _NESTED:
                continue
            here = (*place, key)
            yield here, key, item, template
            yield from _walk(item, here, template or key in _TEMPLATES)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*place, index), template)


def _fields(machine: Machine) -> Iterator[tuple[State, Place, str, Any, bool]]:
    for state in machine.states:
        if not machine.is_jsonata(state):
            for place, key, value, template in _walk(state.body, state.place, False):
                yield state, place, key, value, template


def _is_call(value: str) -> bool:
    return value.startswith("States.") and "(" in value


def _is_path_field(key: str) -> bool:
    return key in _PATHS or (key.endswith("Path") and key not in _EITHER)


@rule(
    machines,
    id="state-jsonpath",
    severity=Severity.error,
    title="a path that is no JSONPath, or not one that its field takes",
    why="CreateStateMachine fails with InvalidDefinition, or the execution with States.Runtime",
    page="step-functions/latest/dg/amazon-states-language-paths.html",
    mend="begin with $ (the input) or $$ (the context object), and name one node where one is put",
)
def json_paths(machine: Machine) -> Iterator[Problem]:
    for _, place, key, value, template in _fields(machine):
        if not isinstance(value, str) or "${" in value:
            continue
        outside = not template and (_is_path_field(key) or key in _EITHER)
        if (outside or (template and key.endswith(".$"))) and not _is_call(value):
            single = outside and key not in _PATHS
            fault = path_fault(value, reference=single)
            if key == "ResultPath" and value.startswith("$$"):
                fault = "a result can't be put into the context object"
            if fault and not (template and not value.startswith("$")):
                yield Problem(machine.at(place), f"{key}: {fault}")


@rule(
    machines,
    id="state-intrinsic",
    severity=Severity.error,
    title="a call of an intrinsic function that does not exist or does not fit",
    why="CreateStateMachine fails with InvalidDefinition, or the execution with "
    "States.IntrinsicFailure",
    page=_INTRINSICS,
    mend="correct the function's name and arguments; strings stand in single quotes",
)
def intrinsics(machine: Machine) -> Iterator[Problem]:
    for _, place, key, value, template in _fields(machine):
        if isinstance(value, str) and _is_call(value) and "${" not in value:
            if (template and key.endswith(".$")) or (not template and key in _EITHER):
                fault = intrinsic_fault(value)
            elif not template and _is_path_field(key):
                fault = "this field takes no function"
            else:
                continue
            if fault:
                yield Problem(machine.at(place), f"{key}: {fault}")


@rule(
    machines,
    id="state-template-suffix",
    severity=Severity.error,
    title="a key with .$ without a path, or a path without .$",
    why="CreateStateMachine refuses the first (the value must be a path or a function), and "
    "hands on the second as the literal text",
    page="step-functions/latest/dg/input-output-inputpath-params.html",
    mend="end the key in .$ where the value is a path or a function, and nowhere else",
)
def template_suffix(machine: Machine) -> Iterator[Problem]:
    for _, place, key, value, template in _fields(machine):
        if not template or (isinstance(value, str) and "${" in value):
            continue
        is_text = isinstance(value, str)
        dynamic = is_text and (value.startswith(("$.", "$$.")) or value == "$" or _is_call(value))
        if key.endswith(".$") and not (dynamic or (is_text and value.startswith("$"))):
            yield Problem(machine.at(place), f"{key} needs a path or a function, not {value!r}")
        elif dynamic and not key.endswith(".$"):
            yield Problem(machine.at(place), f"{key} takes {value!r} literally; write {key}.$")


@rule(
    machines,
    id="state-jsonata",
    severity=Severity.error,
    title="JSONata",
    why="AWS knows it; LocalStack needs a Java library that it downloads at run time, so the "
    "workflow can't be tried offline before it is promoted",
    page="step-functions/latest/dg/transforming-data.html",
    mend="use JSONPath and intrinsic functions",
)
def jsonata(machine: Machine) -> Iterator[Problem]:
    bodies = [((), machine.definition), *((state.place, state.body) for state in machine.states)]
    for place, body in bodies:
        if body.get("QueryLanguage") == "JSONata":
            yield Problem(machine.at((*place, "QueryLanguage")), "the query language is JSONata")
