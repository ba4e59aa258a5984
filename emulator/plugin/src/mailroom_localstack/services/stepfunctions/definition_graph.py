"""What CreateStateMachine finds wrong with the transitions of a definition.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
names the codes; sentences and places are as public issues report them of AWS:
localstack/localstack#11978, aws-cloudformation/cfn-lint#4073, #4074 and floci-io/floci#2735.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MISSING_TARGET = "MISSING_TRANSITION_TARGET"
ENDS = ("Succeed", "Fail")

type Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong.

    Attributes:
        location: a path into the definition; None if it is wrong as a whole.
    """

    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


def refusal_message(diagnostics: list[Diagnostic]) -> str:
    """What the caller is told."""
    return f"Invalid State Machine Definition: '{', '.join(map(str, diagnostics))}'"


def diagnose(machine: Fields, where: str = "") -> list[Diagnostic]:
    """What is wrong with the transitions of a machine, and of the machines inside it.

    Args:
        machine: the definition, a branch, or a Map's processor.
        where: the path to it.
    """
    states = machine.get("States")
    if not isinstance(states, Mapping):
        return []
    return [
        *_missing(machine, states, where),
        *(_unreachable(machine, states, where) if _has_end(states) else [_no_end()]),
        *(
            diagnostic
            for name, state in states.items()
            for path, inner in _machines_inside(state)
            for diagnostic in diagnose(inner, f"{where}/States/{name}/{path}")
        ),
    ]


def _missing(machine: Fields, states: Fields, where: str) -> Iterator[Diagnostic]:
    """AWS calls every target a 'Next' target, wherever it stands."""
    start = machine.get("StartAt")
    transitions = [("/StartAt", start)] if start is not None else []
    transitions += [
        (f"/States/{name}/{path}", target)
        for name, state in states.items()
        for path, target in _transitions(state)
    ]
    for path, target in transitions:
        if target not in states:
            yield Diagnostic(MISSING_TARGET, f"Missing 'Next' target: {target}", f"{where}{path}")


def _unreachable(machine: Fields, states: Fields, where: str) -> Iterator[Diagnostic]:
    reached: set[str] = set()
    waiting: list[str] = [machine["StartAt"]] if "StartAt" in machine else []
    while waiting:
        name = waiting.pop()
        if name in states and name not in reached:
            reached.add(name)
            waiting += [target for _, target in _transitions(states[name])]
    for name in states:
        if name not in reached:
            message = f'State "{name}" is not reachable.'
            yield Diagnostic(MISSING_TARGET, message, f"{where}/States/{name}")


def _has_end(states: Fields) -> bool:
    return any(state.get("End") or state.get("Type") in ENDS for state in states.values())


def _no_end() -> Diagnostic:
    return Diagnostic("MISSING_END_STATE", "Workflow has no terminal state", None)


def _transitions(state: Fields) -> Iterator[tuple[str, str]]:
    for field in ("Next", "Default"):
        if field in state:
            yield field, state[field]
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(field) or []):
            if "Next" in rule:
                yield f"{field}[{index}]/Next", rule["Next"]


def _machines_inside(state: Fields) -> Iterator[tuple[str, Fields]]:
    for index, branch in enumerate(state.get("Branches") or []):
        yield f"Branches[{index}]", branch
    for field in ("ItemProcessor", "Iterator"):
        if isinstance(state.get(field), Mapping):
            yield field, state[field]
