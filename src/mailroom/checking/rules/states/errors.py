"""What a state does when something fails."""

from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine, State
from mailroom.checking.rule import machines, rule
from mailroom.checking.template.source import Place

_PAGE = "step-functions/latest/dg/concepts-error-handling.html"
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
_NAMES = {
    f"States.{name}"
    for name in (
        *("ALL", "BranchFailed", "DataLimitExceeded", "ExceedToleratedFailureThreshold"),
        *("HeartbeatTimeout", "Http.Socket", "IntrinsicFailure", "ItemReaderFailed"),
        *("NoChoiceMatched", "ParameterPathFailure", "Permissions", "QueryEvaluationError"),
        *("ResultPathMatchFailure", "ResultWriterFailed", "Runtime", "TaskFailed", "Timeout"),
    )
}


def _entries(state: State, name: str) -> Iterator[tuple[Place, dict[str, Any], bool]]:
    """Retriers or catchers: place, fields, and whether it is the last."""
    entries = state.body.get(name)
    listed = entries if isinstance(entries, list) else []
    for index, entry in enumerate(listed):
        if isinstance(entry, dict):
            yield (*state.place, name, index), entry, index == len(listed) - 1


@rule(
    machines,
    id="task-retry",
    severity=Severity.warning,
    title="a Task without Retry",
    why="Lambda fails an invocation now and then (Lambda.ServiceException, TooManyRequests); "
    "without Retry each of these fails the execution",
    page="step-functions/latest/dg/sfn-best-practices.html",
    mend="add Retry for the transient errors of what it calls",
)
def task_retry(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        if state.type == "Task" and not state.body.get("Retry"):
            yield Problem(machine.at(state.place), f"Task {state.name} has no Retry")


@rule(
    machines,
    id="task-catch",
    severity=Severity.warning,
    title="a Task without Catch",
    why="an error ends the execution where it happens, with no state that says what it means",
    page=_PAGE,
    mend="add a Catch that leads to a Fail state with a name",
)
def task_catch(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        if state.type == "Task" and not state.body.get("Catch"):
            yield Problem(machine.at(state.place), f"Task {state.name} has no Catch")


@rule(
    machines,
    id="state-error-handling",
    severity=Severity.error,
    title="a Retry or Catch that Step Functions refuses or never uses",
    why="CreateStateMachine fails with InvalidDefinition, or the entry never matches",
    page=_PAGE,
    mend="follow the rules for ErrorEquals and for the numbers of a retrier",
)
def error_handling(machine: Machine) -> Iterator[Problem]:
    for state in machine.states:
        for name in ("Retry", "Catch"):
            if name in state.body and not isinstance(state.body[name], list):
                yield Problem(machine.at((*state.place, name)), f"{name} is no list")
            for place, entry, last in _entries(state, name):
                at = machine.at(place)
                for fault in _name_faults(entry.get("ErrorEquals"), last):
                    yield Problem(at, f"{name} of {state.name}: {fault}")
                for fault in _number_faults(entry) if name == "Retry" else ():
                    yield Problem(at, f"{name} of {state.name}: {fault}")


def _name_faults(names: Any, last: bool) -> Iterator[str]:
    if not isinstance(names, list) or not names:
        yield "ErrorEquals must be a list that is not empty"
        return
    if "States.ALL" in names and (len(names) > 1 or not last):
        yield "States.ALL must stand alone and in the last entry"
    for name in names:
        if not isinstance(name, str):
            yield f"{name!r} is no error's name"
        elif name.startswith("States.") and name not in _NAMES:
            yield f"there is no error {name}; names of your own can't begin with 'States.'"


def _number_faults(retrier: dict[str, Any]) -> Iterator[str]:
    interval = retrier.get("IntervalSeconds", 1)
    limits = {"IntervalSeconds": 1, "MaxAttempts": 0, "BackoffRate": 1, "MaxDelaySeconds": 1}
    for name, least in limits.items():
        value = retrier.get(name, least)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        whole = name == "BackoffRate" or isinstance(value, int)
        if not number or not whole or value < least:
            yield f"{name} must be a number of at least {least}"
    delay = retrier.get("MaxDelaySeconds")
    if isinstance(delay, int) and isinstance(interval, int) and delay <= interval:
        yield "MaxDelaySeconds must be greater than IntervalSeconds"
    if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
        yield "JitterStrategy is FULL or NONE"
