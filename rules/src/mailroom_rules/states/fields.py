"""Which fields a state has, and the rules of a Choice."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mailroom_rules.states.definition import (
    DUPLICATE_STATE_NAME,
    INVALID_STATE_NAME,
    Definition,
    Diagnostic,
    Path,
    State,
)

_ANY = {"Type", "Comment", "QueryLanguage"}
_FLOW = {"InputPath", "OutputPath", "Next", "End", "Assign"}
_WORK = {"Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"}
_FIELDS = {
    "Pass": {*_FLOW, "Result", "ResultPath", "Parameters"},
    "Task": {
        *(*_FLOW, *_WORK, "Resource", "Credentials", "TimeoutSeconds", "TimeoutSecondsPath"),
        *("HeartbeatSeconds", "HeartbeatSecondsPath"),
    },
    "Choice": {"InputPath", "OutputPath", "Assign", "Choices", "Default"},
    "Wait": {*_FLOW, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Succeed": {"InputPath", "OutputPath"},
    "Fail": {"Error", "Cause", "ErrorPath", "CausePath"},
    "Parallel": {*_FLOW, *_WORK, "Branches"},
    "Map": {
        *(*_FLOW, *_WORK, "ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "ItemReader"),
        *("ItemBatcher", "ResultWriter", "MaxConcurrency", "MaxConcurrencyPath", "Label"),
        *("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
        *("ToleratedFailureCount", "ToleratedFailureCountPath"),
    },
}
# What cfn-lint's schema of state machines lets pass too, or AWS's pages leave open.
_TOLERATED = {
    "Choice": {"End", "Next", "Output", "Arguments"},
    "Fail": {"InputPath", "OutputPath", "End"},
    "Succeed": {"End", "Output"},
}
_ONE_OF: dict[str, list[tuple[str, ...]]] = {
    "Task": [("Resource",)],
    "Choice": [("Choices",)],
    "Wait": [("Seconds", "SecondsPath", "Timestamp", "TimestampPath")],
    "Parallel": [("Branches",)],
    "Map": [("ItemProcessor", "Iterator")],
}
_LONGEST_NAME = 80
_SIDES = ("Less", "Greater")
_COMPARISONS = {
    f"{type}{comparison}{path}"
    for type in ("String", "Numeric", "Timestamp")
    for comparison in ("Equals", *(f"{side}Than{e}" for side in _SIDES for e in ("", "Equals")))
    for path in ("", "Path")
} | {"BooleanEquals", "BooleanEqualsPath", "StringMatches"}
_TESTS = {f"Is{test}" for test in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")}


def fields(definition: Definition) -> Iterator[Diagnostic]:
    """Types that don't exist, and fields that the type of a state does not have or lacks."""
    for state in definition.states:
        known = _FIELDS.get(str(state.type))
        if known is None:
            unknown = f"state {state.name} has the type {state.type!r}, which doesn't exist"
            yield Diagnostic(state.path, unknown)
            continue
        if definition.is_jsonata(state):
            continue
        for name in state.body:
            if name not in known | _ANY:
                yield _unsupported(state, name)
        for choices in _ONE_OF.get(str(state.type), []):
            count = sum(name in state.body for name in choices)
            if count != 1:
                needed = f"{state.type} {state.name} needs {' or '.join(choices)}, and one of them"
                yield Diagnostic(state.path, needed)


def _unsupported(state: State, name: str) -> Diagnostic:
    """AWS names the state, not the field: https://github.com/floci-io/floci/issues/2735."""
    return Diagnostic(
        (*state.path, name),
        f"a {state.type} state has no field {name} ({state.name})",
        sentence=f"Field '{name}' is not supported",
        place=state.path,
        certain=name not in _TOLERATED.get(str(state.type), ()),
    )


def names(definition: Definition) -> Iterator[Diagnostic]:
    """Names that are too long, and names that two states have."""
    counts = Counter(state.name for state in definition.states)
    for state in definition.states:
        if len(state.name) > _LONGEST_NAME:
            length = f"{len(state.name)} characters; {_LONGEST_NAME} are allowed"
            too_long = f"the name {state.name[:40]}… has {length}"
            yield Diagnostic(state.path, too_long, INVALID_STATE_NAME)
        if counts[state.name] > 1:
            # https://github.com/aws-cloudformation/cfn-lint/issues/3616
            sentence = f"Duplicate State name: {state.name}"
            twice = f"{counts[state.name]} states are named {state.name}"
            yield Diagnostic(state.path, twice, DUPLICATE_STATE_NAME, sentence)


def choice_rules(definition: Definition) -> Iterator[Diagnostic]:
    """Rules of Choice states that compare nothing, or with an operator that doesn't exist.

    https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
    """
    for state in definition.states:
        listed = isinstance(state.body.get("Choices"), list)
        if state.type == "Choice" and listed and not definition.is_jsonata(state):
            yield from _choices(state)


def _choices(state: State) -> Iterator[Diagnostic]:
    if not state.body["Choices"]:
        yield Diagnostic(state.path, f"Choice {state.name} has no rules")
    for index, choice in enumerate(state.body["Choices"]):
        path: Path = (*state.path, "Choices", index)
        for fault in _rule_faults(choice, top=True):
            yield Diagnostic(path, f"rule {index + 1} of {state.name}: {fault}")


def _rule_faults(choice: Any, top: bool = False) -> Iterator[str]:
    if not isinstance(choice, dict):
        yield "it is not an object"
        return
    if ("Next" in choice) != top:
        yield "Next is missing" if top else "a rule within And, Or or Not has no Next"
    combined = {"And", "Or", "Not"} & choice.keys()
    if combined:
        for name in sorted(combined):
            inner = choice[name]
            for part in inner if isinstance(inner, list) else [inner]:
                yield from _rule_faults(part)
        return
    operators = choice.keys() - {"Variable", "Next", "Comment", "Assign", "Output"}
    if len(operators) != 1:
        yield f"it has {len(operators)} operators, and one is needed"
    for name in sorted(operators - _COMPARISONS - _TESTS):
        yield f"there is no operator {name}"
    if "Variable" not in choice:
        yield "Variable is missing"
