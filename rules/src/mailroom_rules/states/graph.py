"""Which state follows which.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
names the codes; sentences and locations are as public issues report them of AWS:
localstack/localstack#11978, aws-cloudformation/cfn-lint#4073, #4074 and floci-io/floci#2735.
"""

from collections.abc import Iterator
from typing import Any

from mailroom_rules.states.definition import Definition, Diagnostic, Path, Scope, State

MISSING_TARGET = "MISSING_TRANSITION_TARGET"
MISSING_END = "MISSING_END_STATE"
ENDS = ("Succeed", "Fail")


def diagnose(body: dict[str, Any]) -> list[Diagnostic]:
    """What CreateStateMachine finds wrong with the transitions of a definition, in AWS's order.

    Where no state ends a scope, AWS does not look for states that none leads to.
    """
    found: list[Diagnostic] = []
    for scope in Definition(body).scopes:
        if scope.states:
            found += [one for one in _missing_targets(scope) if one.code == MISSING_TARGET]
            found += _unreachable(scope) if _has_end(scope) else [_no_end(scope)]
    return found


def refusal_message(diagnostics: list[Diagnostic]) -> str:
    """The message of the InvalidDefinition error."""
    return f"Invalid State Machine Definition: '{', '.join(map(str, diagnostics))}'"


def targets(state: State) -> Iterator[tuple[Path, Any]]:
    """The names of the states that a state may go to, each with its path."""
    for name in ("Next", "Default"):
        if name in state.body:
            yield (*state.path, name), state.body[name]
    for name in ("Choices", "Catch"):
        entries = state.body.get(name)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict) and "Next" in entry:
                yield (*state.path, name, index, "Next"), entry["Next"]


def missing_targets(definition: Definition) -> Iterator[Diagnostic]:
    """Transitions to states that don't exist, and scopes without StartAt."""
    for scope in definition.scopes:
        yield from _missing_targets(scope)


def unreachable(definition: Definition) -> Iterator[Diagnostic]:
    """States that no transition from StartAt leads to."""
    for scope in definition.scopes:
        yield from _unreachable(scope)


def no_terminal(definition: Definition) -> Iterator[Diagnostic]:
    """Scopes that no state ends, and states that neither go on nor end, or do both."""
    for scope in definition.scopes:
        for state in scope.states:
            end = state.body.get("End") is True
            if state.type not in (*ENDS, "Choice") and ("Next" in state.body) == end:
                shown = "both Next and End" if end else "neither Next nor End"
                yield Diagnostic(state.path, f"state {state.name} has {shown}")
        if not _has_end(scope):
            yield _no_end(scope)


def _missing_targets(scope: Scope) -> Iterator[Diagnostic]:
    """AWS calls every target a 'Next' target, wherever it stands."""
    names = {state.name for state in scope.states}
    known = f"this scope has {', '.join(sorted(names))}"
    start = scope.body.get("StartAt")
    if start is None:
        yield Diagnostic((*scope.path, "StartAt"), f"StartAt is missing; {known}")
    named = [((*scope.path, "StartAt"), start)] if start is not None else []
    for state in scope.states:
        named += targets(state)
    for path, name in named:
        if name not in names if isinstance(name, str) else not isinstance(name, dict):
            explanation = f"{path[-1]} names {name!r}; {known}"
            yield Diagnostic(path, explanation, MISSING_TARGET, f"Missing 'Next' target: {name}")


def _unreachable(scope: Scope) -> Iterator[Diagnostic]:
    reached = _reached(scope)
    for state in scope.states:
        if state.name not in reached:
            explanation = f"state {state.name} can't be reached from StartAt"
            sentence = f'State "{state.name}" is not reachable.'
            yield Diagnostic(state.path, explanation, MISSING_TARGET, sentence)


def _has_end(scope: Scope) -> bool:
    return any(state.body.get("End") is True or state.type in ENDS for state in scope.states)


def _no_end(scope: Scope) -> Diagnostic:
    explanation = "no state of this scope ends the execution"
    sentence = "Workflow has no terminal state"
    return Diagnostic((*scope.path, "States"), explanation, MISSING_END, sentence, located=False)


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
