"""Step Functions: tasks that invoke functions."""

import json

import pytest

from tests.parity.made.functions import Functions
from tests.parity.made.machines import Ended, Machines, State
from tests.parity.made.roles import Roles
from tests.support.functions import Function

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"


def invoking(function: str, payload: object, **fields: object) -> State:
    """A task that invokes a function as the workflow does."""
    parameters = {"FunctionName": function, "Payload": payload}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": parameters,
        "End": True,
        **fields,
    }


def caught(machines: Machines, error: str, function: str, payload: object) -> Ended:
    """How an execution ends whose task catches one error by its name."""
    catch = [{"ErrorEquals": [error], "Next": "Caught"}]
    states = {"Invoke": invoking(function, payload, Catch=catch), "Caught": {"Type": "Succeed"}}
    return machines.run(states)


@pytest.mark.behaviour(f"{GUIDE}/connect-lambda.html")
def test_a_task_gives_the_answer_of_a_function_as_payload_which_the_state_may_select_from(
    machines: Machines, probe: Function
) -> None:
    payload = {"do": "return", "size.$": "$.size"}
    selected = {"ResultSelector": {"result.$": "$.Payload"}, "ResultPath": "$.process"}

    whole = machines.run({"Invoke": invoking(probe.arn, payload)}, {"size": 3})
    part = machines.run({"Invoke": invoking(probe.arn, payload, **selected)}, {"size": 3})

    assert (whole.output["Payload"], whole.output["StatusCode"]) == ("xxx", 200)
    assert part.output == {"size": 3, "process": {"result": "xxx"}}


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_the_error_of_a_function_is_caught_by_its_class_with_its_message_as_cause(
    machines: Machines, probe: Function
) -> None:
    ended = caught(machines, "QueueIsMissing", probe.arn, {"do": "raise"})

    assert ended.output["Error"] == "QueueIsMissing"
    cause = json.loads(ended.output["Cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("QueueIsMissing", "no such queue")


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_a_function_that_runs_out_of_time_is_caught_as_sandbox_timedout(
    machines: Machines, functions: Functions
) -> None:
    slow = "import time\ndef handler(event, context): time.sleep(60)"

    ended = caught(machines, "Sandbox.Timedout", functions.make(slow, Timeout=1).arn, {})

    assert ended.output["Error"] == "Sandbox.Timedout"


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_a_function_that_exits_is_caught_as_runtime_exiterror(
    machines: Machines, probe: Function
) -> None:
    ended = caught(machines, "Runtime.ExitError", probe.arn, {"do": "exit"})

    assert ended.output["Error"] == "Runtime.ExitError"


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_an_answer_of_more_than_256_kb_fails_the_execution_uncaught_by_states_all(
    machines: Machines, probe: Function
) -> None:
    ended = caught(machines, "States.ALL", probe.arn, {"do": "return", "size": 256 * 1024})

    assert (ended.status, ended.error) == ("FAILED", "States.DataLimitExceeded")


@pytest.mark.behaviour(f"{GUIDE}/lambda-iam.html")
def test_a_role_that_may_not_invoke_a_function_fails_the_task(
    machines: Machines, probe: Function, roles: Roles
) -> None:
    powerless = roles.make("states")
    machine = machines.make({"Invoke": invoking(probe.arn, {"do": "process"})}, powerless)

    ended = machine.run()

    assert (ended.status, ended.error) == ("FAILED", "Lambda.AWSLambdaException")
    assert "is not authorized to perform: lambda:InvokeFunction" in ended.cause
