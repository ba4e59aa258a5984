"""Step Functions: executions that are stopped."""

import time
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made.functions import Functions
from tests.parity.made.machines import Machine, Machines, State
from tests.parity.made.queues import Queue, Queues
from tests.parity.made.roles import Roles, allow, own

API = "https://docs.aws.amazon.com/step-functions/latest/apireference"
GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
SLEEPER = """
    import time

    def handler(event, context):
        time.sleep(8)
"""
# Seconds in which a stopped execution is over; what it waits for takes longer.
AT_ONCE = 4.0
WAIT: State = {"Type": "Wait", "Seconds": 60, "End": True}


@pytest.fixture
def queue(queues: Queues) -> Queue:
    return queues.make()


@pytest.fixture
def role(roles: Roles) -> str:
    """A role for state machines that do what these do."""
    return roles.make(
        "states",
        allow("lambda:InvokeFunction", own("lambda", "function:")),
        allow("sqs:SendMessage", own("sqs")),
        allow(["states:StartExecution", "states:DescribeExecution", "states:StopExecution"], "*"),
        allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], "*"),
    )


def waiting_for_token(queue: Queue) -> State:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue.url, "MessageBody.$": "$$.Task.Token"},
        "End": True,
    }


def stop(endpoint: Endpoint, machine: Machine, execution: str) -> dict[str, Any]:
    """Stop an execution within its first state; its description, once it is over."""
    steps = machine.steps

    def entered() -> bool:
        events = steps.get_execution_history(executionArn=execution)["events"]
        return any(event["type"].endswith("StateEntered") for event in events)

    endpoint.until(entered, "the first state")
    steps.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
    began = time.monotonic()
    machine.ended(execution)
    assert time.monotonic() - began < AT_ONCE
    described: dict[str, Any] = steps.describe_execution(executionArn=execution)
    return described


@pytest.mark.behaviour(f"{API}/API_StopExecution.html")
@pytest.mark.parametrize("during", ["a function", "a Wait", "a token", "a Map"])
def test_a_stopped_execution_is_aborted_at_once(
    endpoint: Endpoint,
    machines: Machines,
    functions: Functions,
    queue: Queue,
    role: str,
    during: str,
) -> None:
    state = WAIT
    if during == "a function":
        state = {"Type": "Task", "Resource": functions.make(SLEEPER).arn, "End": True}
    elif during == "a token":
        state = waiting_for_token(queue)
    elif during == "a Map":
        each = {"StartAt": "Each", "States": {"Each": WAIT}}
        state = {"Type": "Map", "ItemProcessor": each, "End": True}
    machine = machines.make({"Only": state}, role)

    execution = machine.start([1, 2])
    described = stop(endpoint, machine, execution)

    told = [described.get(name) for name in ("status", "error", "cause")]
    assert told == ["ABORTED", "Stopped", "by hand"]
    history = machine.steps.get_execution_history(executionArn=execution, reverseOrder=True)
    last = history["events"][0]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Stopped", "cause": "by hand"}


@pytest.mark.behaviour(f"{API}/API_SendTaskSuccess.html")
def test_the_token_of_a_stopped_execution_is_refused(
    endpoint: Endpoint, machines: Machines, queue: Queue, role: str
) -> None:
    machine = machines.make({"Only": waiting_for_token(queue)}, role)
    execution = machine.start()
    token = queue.next()["Body"]

    stop(endpoint, machine, execution)

    steps = machine.steps
    refusals = [
        code_of(lambda: steps.send_task_success(taskToken=token, output="{}")),
        code_of(lambda: steps.send_task_failure(taskToken=token)),
        code_of(lambda: steps.send_task_heartbeat(taskToken=token)),
    ]
    assert refusals == ["TaskTimedOut"] * 3


@pytest.mark.behaviour(f"{API}/API_SendTaskSuccess.html")
def test_a_token_is_taken_once(machines: Machines, queue: Queue, role: str) -> None:
    machine = machines.make({"Only": waiting_for_token(queue)}, role)
    execution = machine.start()
    token = queue.next()["Body"]

    machine.steps.send_task_success(taskToken=token, output='{"a": 1}')

    assert machine.ended(execution).output == {"a": 1}
    again = code_of(lambda: machine.steps.send_task_success(taskToken=token, output="{}"))
    assert again == "TaskTimedOut"


@pytest.mark.behaviour(f"{GUIDE}/connect-to-resource.html")
@pytest.mark.parametrize("pattern", [".sync", ".sync:2"])
def test_the_child_that_a_stopped_execution_waits_for_is_stopped(
    endpoint: Endpoint, machines: Machines, role: str, pattern: str
) -> None:
    child = machines.make({"Only": WAIT}, role)
    state = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{pattern}",
        "Parameters": {"StateMachineArn": child.arn},
        "End": True,
    }
    machine = machines.make({"Only": state}, role)
    execution = machine.start()
    steps = machine.steps

    def children() -> list[Any]:
        return list(steps.list_executions(stateMachineArn=child.arn)["executions"])

    def submitted() -> bool:
        events = steps.get_execution_history(executionArn=execution)["events"]
        return any(event["type"] == "TaskSubmitted" for event in events)

    endpoint.until(submitted, "the child")
    stop(endpoint, machine, execution)

    endpoint.until(lambda: children()[0]["status"] == "ABORTED", "the child to be stopped")


@pytest.mark.behaviour(f"{API}/API_StopExecution.html")
def test_to_stop_an_execution_that_has_ended_changes_nothing(machines: Machines) -> None:
    machine = machines.make({"Only": {"Type": "Succeed"}})
    execution = machine.start({"a": 1})
    machine.ended(execution)

    machine.steps.stop_execution(executionArn=execution, error="Late")

    assert machine.ended(execution).status == "SUCCEEDED"
