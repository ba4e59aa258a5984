"""Histories as Step Functions gives them, parsed into steps."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from mailroom.executions.execution import Execution, Step
from mailroom.executions.steps import parse_steps

START = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
REQUEST = "f1ea2975-fefc-4fa7-aef5-61d7eaa44264"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:publish"


def history(*events: tuple[int, str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Events of a history, a second apart: previous event's id, type, and details."""
    found = []
    for id_, (previous, kind, details) in enumerate(events, start=1):
        name = f"{kind[0].lower()}{kind[1:]}"
        for verb in ("Entered", "Exited"):
            if kind.endswith(f"State{verb}"):
                name = f"state{verb}"
        at = START + timedelta(seconds=id_)
        found.append(
            {"id": id_, "previousEventId": previous, "type": kind, "timestamp": at}
            | {f"{name}EventDetails": details}
        )
    return found


def call(**given: Any) -> dict[str, Any]:
    return {
        "resourceType": "lambda",
        "resource": "invoke",
        "parameters": json.dumps({"FunctionName": ARN, "Payload": given}),
    }


RETRIED_AND_CAUGHT = history(
    (0, "ExecutionStarted", {"input": "{}"}),
    (0, "TaskStateEntered", {"name": "Publish", "input": '{"a":1}'}),
    (2, "TaskScheduled", call(a=1)),
    (3, "TaskStarted", {}),
    (4, "TaskFailed", {"error": "Throttled", "cause": "slow down"}),
    (5, "TaskScheduled", call(a=1)),
    (6, "TaskStarted", {}),
    (
        7,
        "TaskFailed",
        {"error": "Boom", "cause": json.dumps({"errorMessage": "no", "requestId": REQUEST})},
    ),
    (8, "TaskStateExited", {"name": "Publish", "output": '{"Error":"Boom"}'}),
    (9, "FailStateEntered", {"name": "NotPublished", "input": '{"Error":"Boom"}'}),
    (10, "ExecutionFailed", {"error": "Boom", "cause": json.dumps({"errorMessage": "no"})}),
)


def by_name(steps: Iterable[Step]) -> dict[str, Step]:
    return {step.name: step for step in steps}


def execution(status: str, events: list[dict[str, Any]], error: str | None = None) -> Execution:
    steps = parse_steps(events, status)
    cause = json.dumps({"errorMessage": "no"})
    return Execution(
        "arn", "batch", "machine", status, START, error=error, cause=cause, steps=steps
    )


def test_a_step_has_its_input_output_and_times() -> None:
    (step,) = parse_steps(
        history(
            (0, "ExecutionStarted", {"input": "{}"}),
            (1, "PassStateEntered", {"name": "P", "input": '{"a":1}'}),
            (2, "PassStateExited", {"name": "P", "output": '{"b":2}'}),
            (3, "ExecutionSucceeded", {"output": '{"b":2}'}),
        ),
        "SUCCEEDED",
    )

    assert (step.name, step.type, step.status) == ("P", "Pass", "succeeded")
    assert (step.input, step.output) == ('{"a":1}', '{"b":2}')
    assert step.seconds == 1.0


def test_each_retry_is_an_attempt_and_a_catch_is_told_from_a_failure() -> None:
    publish, failed = parse_steps(RETRIED_AND_CAUGHT, "FAILED")

    assert [attempt.error for attempt in publish.attempts] == ["Throttled", "Boom"]
    assert (publish.retries, publish.status, publish.error) == (1, "caught", "Boom")
    assert (failed.status, failed.error) == ("failed", "Boom")


def test_the_failed_step_is_where_the_error_came_up_and_not_the_fail_state_behind_it() -> None:
    found = execution("FAILED", RETRIED_AND_CAUGHT, "Boom")

    assert found.failed_step is not None
    assert found.failed_step.name == "Publish"
    assert found.reason == "Boom: no"


def test_an_attempt_names_its_function_and_its_request() -> None:
    publish, _ = parse_steps(RETRIED_AND_CAUGHT, "FAILED")

    assert publish.attempts[1].function == ARN
    assert [attempt.request_id for attempt in publish.attempts] == [None, REQUEST]


def test_the_request_of_a_successful_invocation_and_of_a_timeout_are_known() -> None:
    metadata = json.dumps({"Payload": 1, "SdkResponseMetadata": {"RequestId": REQUEST}})
    timeout = json.dumps({"errorMessage": f"RequestId: {REQUEST} Error: Task timed out"})
    (step,) = parse_steps(
        history(
            (0, "TaskStateEntered", {"name": "T", "input": "{}"}),
            (1, "TaskScheduled", call()),
            (2, "TaskFailed", {"error": "Sandbox.Timedout", "cause": timeout}),
            (3, "TaskScheduled", call()),
            (4, "TaskSucceeded", {"output": metadata}),
        ),
        "RUNNING",
    )

    assert [attempt.request_id for attempt in step.attempts] == [REQUEST, REQUEST]
    assert step.error is None
    assert step.status == "running"


PARALLEL = history(
    (0, "ParallelStateEntered", {"name": "Both", "input": "{}"}),
    (1, "ParallelStateStarted", {}),
    (2, "FailStateEntered", {"name": "F", "input": "{}"}),
    (2, "WaitStateEntered", {"name": "W", "input": "{}"}),
    (4, "ParallelStateFailed", {}),
    (5, "ParallelStateExited", {"name": "Both", "output": "{}"}),
    (6, "FailStateEntered", {"name": "G", "input": "{}"}),
    (7, "ExecutionFailed", {"error": "E"}),
)


def test_steps_of_branches_are_in_their_parallel_and_what_follows_is_not() -> None:
    found = by_name(parse_steps(PARALLEL, "FAILED"))

    both = found["Both"]
    assert both.status == "caught"
    assert {name: step.parent for name, step in found.items()} == {
        "Both": None,
        "F": both.id,
        "W": both.id,
        "G": None,
    }
    assert (found["F"].depth, found["G"].depth) == (1, 0)


def test_what_was_at_work_when_its_parallel_failed_was_aborted() -> None:
    found = by_name(parse_steps(PARALLEL, "FAILED"))

    assert (found["F"].status, found["W"].status) == ("failed", "aborted")


def test_a_map_has_a_step_for_each_iteration() -> None:
    steps = parse_steps(
        history(
            (0, "MapStateEntered", {"name": "M", "input": "[1,2]"}),
            (1, "MapStateStarted", {"length": 2}),
            (2, "MapIterationStarted", {"name": "M", "index": 0}),
            (3, "PassStateEntered", {"name": "I", "input": "1"}),
            (4, "PassStateExited", {"name": "I", "output": "1"}),
            (5, "MapIterationSucceeded", {"name": "M", "index": 0}),
            (5, "MapIterationStarted", {"name": "M", "index": 1}),
            (7, "PassStateEntered", {"name": "I", "input": "2"}),
            (8, "PassStateExited", {"name": "I", "output": "2"}),
            (9, "MapIterationSucceeded", {"name": "M", "index": 1}),
            (9, "MapStateSucceeded", {}),
            (9, "MapStateExited", {"name": "M", "output": "[1,2]"}),
            (12, "SucceedStateEntered", {"name": "S", "input": "{}"}),
            (13, "SucceedStateExited", {"name": "S", "output": "{}"}),
        ),
        "SUCCEEDED",
    )

    assert [(step.name, step.iteration, step.depth) for step in steps] == [
        ("M", None, 0),
        ("I", 0, 1),
        ("I", 1, 1),
        ("S", None, 0),
    ]
    assert {step.status for step in steps} == {"succeeded"}


def test_a_state_that_is_entered_twice_makes_two_steps() -> None:
    steps = parse_steps(
        history(
            (0, "WaitStateEntered", {"name": "W", "input": "{}"}),
            (1, "WaitStateExited", {"name": "W", "output": "{}"}),
            (2, "WaitStateEntered", {"name": "W", "input": "{}"}),
        ),
        "ABORTED",
    )

    assert [step.status for step in steps] == ["succeeded", "aborted"]


def test_after_a_stop_the_failed_step_is_the_one_that_was_at_work() -> None:
    events = history((0, "WaitStateEntered", {"name": "W", "input": "{}"}))

    found = execution("ABORTED", events)

    assert found.failed_step is not None
    assert found.failed_step.name == "W"
