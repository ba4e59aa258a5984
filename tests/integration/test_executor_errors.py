"""A function's errors, exits and crashes are reported as Lambda reports them."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailroom.environments.environment import Environment
from tests.support.flow import until
from tests.support.functions import Functions

FAULTY = """
    import os, sys, time

    class QueueIsMissing(Exception): ...

    def handler(event, context):
        match event:
            case "raise":
                raise QueueIsMissing("no such queue")
            case "leave":
                sys.exit(1)
            case "exit":
                os._exit(3)
            case "crash":
                os.kill(os.getpid(), 11)
            case "sleep":
                time.sleep(600)
        return os.getpid()
"""
EXITS = {
    "leave": "Runtime exited with error: exit status 1",
    "exit": "Runtime exited with error: exit status 3",
    "crash": "Runtime exited with error: signal: segmentation fault",
}

type Caught = Callable[[str, str], dict[str, Any]]


def test_an_exception_is_told_with_its_class_its_message_and_its_trace(
    functions: Functions,
) -> None:
    function = functions.make(FAULTY)
    process = function.invoke().value

    result = function.invoke("raise")

    assert result.error == "Unhandled"
    assert (result.value["errorType"], result.value["errorMessage"]) == (
        "QueueIsMissing",
        "no such queue",
    )
    assert result.value["requestId"] == result.request_id
    assert 'raise QueueIsMissing("no such queue")' in result.value["stackTrace"][-1]
    assert "[ERROR] QueueIsMissing: no such queue" in result.log
    assert function.invoke().value == process


@pytest.mark.parametrize("end", EXITS)
def test_an_exit_or_a_crash_is_told_with_its_status_and_the_next_invocation_starts_anew(
    functions: Functions, end: str
) -> None:
    function = functions.make(FAULTY)
    process = function.invoke().value

    result = function.invoke(end)

    message = f"RequestId: {result.request_id} Error: {EXITS[end]}"
    assert result.error == "Unhandled"
    assert result.value == {"errorType": "Runtime.ExitError", "errorMessage": message}
    assert message in result.log
    assert result.report.endswith("\tStatus: error\tError Type: Runtime.ExitError")
    assert function.invoke().value not in (None, process)


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("import missing", "Runtime.ImportModuleError", "No module named 'missing'"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("raise KeyError('TOPIC_ARN')", "KeyError", "'TOPIC_ARN'"),
        ("import os; os._exit(4)", "Runtime.ExitError", "exit status 4"),
    ],
)
def test_code_that_does_not_load_is_told_by_its_own_error(
    functions: Functions, source: str, error: str, message: str
) -> None:
    result = functions.make(source).invoke()

    assert result.error == "Unhandled"
    assert result.value["errorType"] == error
    assert message in result.value["errorMessage"]


@pytest.fixture
def caught(environment: Environment, functions: Functions) -> Iterator[Caught]:
    """Runs a state machine that invokes a function and catches one error by its name."""
    steps: Any = environment.session.client("stepfunctions")
    machines = []

    def run(fault: str, error: str) -> dict[str, Any]:
        task = {
            "Type": "Task",
            "Resource": functions.make(FAULTY, Timeout=1).arn,
            "Catch": [{"ErrorEquals": [error], "Next": "Caught"}],
            "End": True,
        }
        states = {"Invoke": task, "Caught": {"Type": "Succeed"}}
        machine = steps.create_state_machine(
            name=f"test-{uuid.uuid4()}",
            roleArn=functions.role,
            definition=json.dumps({"StartAt": "Invoke", "States": states}),
        )["stateMachineArn"]
        machines.append(machine)
        execution = steps.start_execution(stateMachineArn=machine, input=json.dumps(fault))
        known: dict[str, Any] = {}

        def over() -> bool:
            known.update(steps.describe_execution(executionArn=execution["executionArn"]))
            return bool(known["status"] != "RUNNING")

        until(over, "the end of the execution")
        assert known["status"] == "SUCCEEDED", known.get("error")
        output: dict[str, Any] = json.loads(known["output"])
        return output

    yield run
    for machine in machines:
        steps.delete_state_machine(stateMachineArn=machine)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("raise", "QueueIsMissing"),
        ("exit", "Runtime.ExitError"),
        ("sleep", "Sandbox.Timedout"),
    ],
)
def test_a_state_machine_catches_an_error_by_its_name(
    caught: Caught, fault: str, error: str
) -> None:
    assert caught(fault, error)["Error"] == error
