"""Which fields a state has."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine, State
from mailroom.checking.rule import machines, rule

_PAGE = "step-functions/latest/dg/statemachine-structure.html"
_REFUSED = "CreateStateMachine fails with InvalidDefinition (SCHEMA_VALIDATION_FAILED)"
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


@rule(
    machines,
    id="state-fields",
    severity=Severity.error,
    title="a state with fields that its type does not have",
    why=_REFUSED,
    page=_PAGE,
    mend="correct the Type or the field; names are case-sensitive",
)
def fields(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        at = machine.at(state.place)
        known = _FIELDS.get(str(state.type))
        if known is None:
            yield Problem(at, f"state {state.name} has the type {state.type!r}, which is none")
            continue
        if machine.is_jsonata(state):
            continue
        for name in state.body:
            if name not in known | _ANY:
                place = machine.at((*state.place, name))
                yield Problem(place, f"a {state.type} state has no field {name} ({state.name})")
        for choices in _ONE_OF.get(str(state.type), []):
            count = sum(name in state.body for name in choices)
            if count != 1:
                names = " or ".join(choices)
                yield Problem(at, f"{state.type} {state.name} needs {names}, and one of them")


@rule(
    machines,
    id="state-name",
    severity=Severity.error,
    title="a state's name that is too long or used twice",
    why=_REFUSED,
    page=_PAGE,
    mend="give every state of the machine a name of its own of at most 80 characters",
)
def names(machine: Machine) -> Iterator[Problem]:
    counts = Counter(state.name for state in machine.states)
    for state in machine.states:
        if len(state.name) > _LONGEST_NAME:
            length = f"{len(state.name)} characters; {_LONGEST_NAME} are allowed"
            yield Problem(machine.at(state.place), f"the name {state.name[:40]}… has {length}")
        if counts[state.name] > 1:
            yield Problem(
                machine.at(state.place), f"{counts[state.name]} states are named {state.name}"
            )


@rule(
    machines,
    id="choice-rule",
    severity=Severity.error,
    title="a Choice rule that compares nothing, or by an unknown operator",
    why=_REFUSED,
    page="step-functions/latest/dg/state-choice.html",
    mend="give each rule Variable, one operator and Next; And, Or and Not hold rules without Next",
)
def choice_rules(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        listed = isinstance(state.body.get("Choices"), list)
        if state.type == "Choice" and listed and not machine.is_jsonata(state):
            yield from _choices(machine, state)


def _choices(machine: Machine, state: State) -> Iterator[Problem]:
    if not state.body["Choices"]:
        yield Problem(machine.at(state.place), f"Choice {state.name} has no rules")
    for index, choice in enumerate(state.body["Choices"]):
        at = machine.at((*state.place, "Choices", index))
        for fault in _rule_faults(choice, top=True):
            yield Problem(at, f"rule {index + 1} of {state.name}: {fault}")


def _rule_faults(choice: Any, top: bool = False) -> Iterator[str]:
    if not isinstance(choice, dict):
        yield "it is no object"
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
