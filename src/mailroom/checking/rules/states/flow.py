"""Which state follows which."""

from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine, Scope, State
from mailroom.checking.rule import machines, rule
from mailroom.checking.template.source import Place

_TRANSITIONS = "step-functions/latest/dg/concepts-states.html"
_STATES = "step-functions/latest/dg/statemachine-structure.html"
_ENDS = ("Succeed", "Fail")
_CREATE = "CreateStateMachine fails with InvalidDefinition"


def targets(state: State) -> Iterator[tuple[Place, Any]]:
    """The names of states that a state may go to, each with its place."""
    for name in ("Next", "Default"):
        if name in state.body:
            yield (*state.place, name), state.body[name]
    for name in ("Choices", "Catch"):
        entries = state.body.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and "Next" in entry:
                yield (*state.place, name, index, "Next"), entry["Next"]


def _reached(scope: Scope) -> set[str]:
    states = {state.name: state for state in scope.states}
    reached: set[str] = set()
    waiting = list(_names(scope.body.get("StartAt")))
    while waiting:
        name = waiting.pop()
        if name in states and name not in reached:
            reached.add(name)
            for _, target in targets(states[name]):
                waiting += _names(target)
    return reached


def _names(target: Any) -> Iterator[str]:
    """The state that a transition names, or all that a function of CloudFormation may choose."""
    if isinstance(target, str):
        yield target
    for part in target.values() if isinstance(target, dict) else ():
        for one in part if isinstance(part, list) else ():
            yield from _names(one)


@rule(
    machines,
    id="state-missing-target",
    severity=Severity.error,
    title="a transition to a state that does not exist",
    why=f"{_CREATE} (MISSING_TRANSITION_TARGET); LocalStack creates the machine",
    page=_TRANSITIONS,
    mend="name a state of the same scope, or add the state",
)
def missing_target(machine: Machine) -> Iterator[Problem]:
    for scope in machine.scopes:
        names = {state.name for state in scope.states}
        named = [((*scope.place, "StartAt"), scope.body.get("StartAt"))]
        for state in scope.states:
            named += targets(state)
        for place, name in named:
            if name not in names if isinstance(name, str) else not isinstance(name, dict):
                shown = "StartAt is missing" if name is None else f"{place[-1]} names {name!r}"
                yield Problem(
                    machine.at(place), f"{shown}; this scope has {', '.join(sorted(names))}"
                )


@rule(
    machines,
    id="state-unreachable",
    severity=Severity.error,
    title="a state that no transition leads to",
    why=f"{_CREATE} (a state that is never reached is refused)",
    page=_TRANSITIONS,
    mend="lead a transition to it, or delete it",
)
def unreachable(machine: Machine) -> Iterator[Problem]:
    for scope in machine.scopes:
        reached = _reached(scope)
        for state in scope.states:
            if state.name not in reached:
                yield Problem(
                    machine.at(state.place), f"state {state.name} can't be reached from StartAt"
                )


@rule(
    machines,
    id="state-no-terminal",
    severity=Severity.error,
    title="a path that never ends",
    why=f"{_CREATE} (MISSING_END_STATE), or the execution never ends",
    page=_STATES,
    mend='give the state "Next" or "End": true, and let some state end the scope',
)
def no_terminal(machine: Machine) -> Iterator[Problem]:
    for scope in machine.scopes:
        ends = False
        for state in scope.states:
            follows, end = "Next" in state.body, state.body.get("End") is True
            ends = ends or end or state.type in _ENDS
            if state.type in (*_ENDS, "Choice"):
                continue
            if follows == end:
                shown = "both Next and End" if end else "neither Next nor End"
                yield Problem(machine.at(state.place), f"state {state.name} has {shown}")
        if not ends:
            yield Problem(
                machine.at((*scope.place, "States")), "no state of this scope ends the execution"
            )


@rule(
    machines,
    id="choice-default",
    severity=Severity.warning,
    title="a Choice without Default",
    why="an input that no rule matches fails the execution with States.NoChoiceMatched, "
    "which nothing catches",
    page="step-functions/latest/dg/state-choice.html",
    mend="add Default, and lead it to a Fail state with a name if nothing else fits",
)
def choice_default(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        if state.type == "Choice" and "Default" not in state.body:
            yield Problem(machine.at(state.place), f"Choice {state.name} has no Default")
