"""What CreateStateMachine accepts, and what fails or misleads later."""

import json
from collections.abc import Iterator
from typing import Any

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.machines.machine import Machine
from mailroom.checking.rule import machines, rule

_LARGEST_STATE = 256 * 1024
_THROTTLED = {"Lambda.TooManyRequestsException", "States.TaskFailed", "States.ALL"}
_THROTTLED_SECONDS = 60


@rule(
    machines,
    id="task-retry",
    severity=Severity.warning,
    title="a Task without Retry",
    why="Lambda fails an invocation now and then (Lambda.ServiceException, TooManyRequests); "
    "without Retry each of these fails the execution",
    page="step-functions/latest/dg/sfn-best-practices.html",
    fix="add Retry for the transient errors of what it calls",
)
def task_retry(machine: Machine) -> Iterator[Problem]:
    for state in machine.definition.states:
        if state.type == "Task" and not state.body.get("Retry"):
            yield Problem(machine.at(state.path), f"Task {state.name} has no Retry")


@rule(
    machines,
    id="throttle-retry",
    severity=Severity.warning,
    title="a Task that gives up on a throttled function within a minute",
    why="Lambda throttles while the function's concurrency is used up, which lasts as long as the "
    "invocations that use it",
    page="step-functions/latest/dg/sfn-best-practices.html",
    fix="retry Lambda.TooManyRequestsException apart, for minutes (MaxAttempts, MaxDelaySeconds)",
)
def throttle_retry(machine: Machine) -> Iterator[Problem]:
    for state in machine.definition.states:
        if state.type != "Task" or "lambda:invoke" not in str(state.body.get("Resource")):
            continue
        seconds = next(
            (
                _longest(entry)
                for entry in state.body.get("Retry") or []
                if _THROTTLED.intersection(entry.get("ErrorEquals") or [])
            ),
            0.0,
        )
        if seconds < _THROTTLED_SECONDS:
            message = f"{state.name} retries a throttled function for {seconds:.3g} s"
            yield Problem(machine.at(state.path), message)


def _longest(retry: dict[str, Any]) -> float:
    """The sum of a Retry's delays, without jitter.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    interval, rate = retry.get("IntervalSeconds", 1), retry.get("BackoffRate", 2.0)
    most = retry.get("MaxDelaySeconds", float("inf"))
    # More attempts don't change whether it is long enough.
    attempts = min(retry.get("MaxAttempts", 3), 100)
    return float(sum(min(most, interval * rate**number) for number in range(attempts)))


@rule(
    machines,
    id="task-catch",
    severity=Severity.warning,
    title="a Task without Catch",
    why="an error ends the execution where it happens, with no state that says what it means",
    page="step-functions/latest/dg/concepts-error-handling.html",
    fix="add a Catch that leads to a Fail state with a name",
)
def task_catch(machine: Machine) -> Iterator[Problem]:
    for state in machine.definition.states:
        if state.type == "Task" and not state.body.get("Catch"):
            yield Problem(machine.at(state.path), f"Task {state.name} has no Catch")


@rule(
    machines,
    id="choice-default",
    severity=Severity.warning,
    title="a Choice without Default",
    why="an input that no rule matches fails the execution with States.NoChoiceMatched, "
    "which nothing catches",
    page="step-functions/latest/dg/state-choice.html",
    fix="add Default, and lead it to a Fail state with a name if nothing else fits",
)
def choice_default(machine: Machine) -> Iterator[Problem]:
    for state in machine.definition.states:
        if state.type == "Choice" and "Default" not in state.body:
            yield Problem(machine.at(state.path), f"Choice {state.name} has no Default")


@rule(
    machines,
    id="state-payload",
    severity=Severity.warning,
    title="a state that may outgrow 256 KB",
    why="a state's input and output hold 256 KB; beyond that the execution fails with "
    "States.DataLimitExceeded, which States.ALL does not catch",
    page="step-functions/latest/dg/service-quotas.html",
    fix="keep large data in S3 and pass on its place, or drop what is not needed "
    "(ResultSelector, ResultPath: null, ResultWriter)",
)
def payload(machine: Machine) -> Iterator[Problem]:
    for state in machine.definition.states:
        for name in ("Result", "Parameters"):
            size = len(json.dumps(state.body.get(name), ensure_ascii=False).encode())
            if size > _LARGEST_STATE:
                at = machine.at((*state.path, name))
                yield Problem(at, f"{name} of {state.name} alone is {size:,} bytes")
        drops = "ResultPath" in state.body and state.body["ResultPath"] is None
        narrows = {"ResultSelector", "ResultWriter", "Output"} & state.body.keys()
        if state.type == "Map" and not drops and not narrows:
            gathers = f"Map {state.name} gathers the results of all its items"
            yield Problem(machine.at(state.path), gathers)
