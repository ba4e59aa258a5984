"""Paths, intrinsic functions and templates of values."""

from collections.abc import Iterator
from typing import Any

from mailroom_rules.states.definition import Definition, Diagnostic, Path
from mailroom_rules.states.intrinsics import UNKNOWN_FUNCTION, intrinsic_fault
from mailroom_rules.states.jsonpath import path_fault

_PATHS = ("InputPath", "OutputPath", "ItemsPath", "Variable")
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Credentials", "BatchInput", "Assign")
_EITHER = ("ErrorPath", "CausePath")
_NESTED = ("States", "Branches", "ItemProcessor", "Iterator", "Result")


Field = tuple[Path, str, Any, bool]
"""A field's path, its key, its value, and whether it is in a template of values."""


def _walk(value: Any, path: Path, template: bool) -> Iterator[Field]:
    """Every field below a state's own."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not template and key in _NESTED:
                continue
            here = (*path, key)
            yield here, key, item, template
            yield from _walk(item, here, template or key in _TEMPLATES)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, index), template)


def _fields(definition: Definition) -> Iterator[Field]:
    for state in definition.states:
        if not definition.is_jsonata(state):
            yield from _walk(state.body, state.path, False)


def _is_call(value: str) -> bool:
    return value.startswith("States.") and "(" in value


def _is_path_field(key: str) -> bool:
    return key in _PATHS or (key.endswith("Path") and key not in _EITHER)


def _no_path(path: Path, explanation: str, *, certain: bool) -> Diagnostic:
    """https://github.com/aws-cloudformation/cfn-lint/issues/4078."""
    sentence = "Value must be a valid JSONPath."
    return Diagnostic(path, explanation, sentence=sentence, certain=certain)


def _no_value(path: Path, explanation: str, *, certain: bool = True) -> Diagnostic:
    """https://github.com/aws-cloudformation/cfn-lint/issues/4085."""
    must_be = "must be a valid JSONPath or a valid intrinsic function call"
    sentence = f"The value for the field '{path[-1]}' {must_be}"
    return Diagnostic(path, explanation, sentence=sentence, place=path[:-1], certain=certain)


def json_paths(definition: Definition) -> Iterator[Diagnostic]:
    """Paths that are not JSONPath, or not of the form that their field takes."""
    for path, key, value, template in _fields(definition):
        if not isinstance(value, str) or "${" in value:
            continue
        outside = not template and (_is_path_field(key) or key in _EITHER)
        if (outside or (template and key.endswith(".$"))) and not _is_call(value):
            single = outside and key not in _PATHS
            fault = path_fault(value, reference=single)
            if key == "ResultPath" and value.startswith("$$"):
                fault = "a result can't be put into the context object"
            if fault and not (template and not value.startswith("$")):
                yield _no_path(path, f"{key}: {fault}", certain=not value.startswith("$"))


def intrinsics(definition: Definition) -> Iterator[Diagnostic]:
    """Calls of functions that don't exist, or with arguments that they don't take."""
    for path, key, value, template in _fields(definition):
        if isinstance(value, str) and _is_call(value) and "${" not in value:
            if (template and key.endswith(".$")) or (not template and key in _EITHER):
                fault = intrinsic_fault(value)
            elif not template and _is_path_field(key):
                fault = "this field takes no function"
            else:
                continue
            if not fault:
                continue
            if template:
                certain = fault.startswith(UNKNOWN_FUNCTION)
                yield _no_value(path, f"{key}: {fault}", certain=certain)
            else:
                yield _no_path(path, f"{key}: {fault}", certain=key in _PATHS)


def template_suffix(definition: Definition) -> Iterator[Diagnostic]:
    """Keys with `.$` whose value is not a path, and paths in keys without it."""
    for path, key, value, template in _fields(definition):
        if not template or (isinstance(value, str) and "${" in value):
            continue
        is_text = isinstance(value, str)
        dynamic = is_text and (value.startswith(("$.", "$$.")) or value == "$" or _is_call(value))
        if key.endswith(".$") and not (dynamic or (is_text and value.startswith("$"))):
            yield _no_value(path, f"{key} needs a path or a function, not {value!r}")
        elif dynamic and not key.endswith(".$"):
            literal = f"{key} takes {value!r} literally; write {key}.$"
            yield Diagnostic(path, literal, certain=False)
