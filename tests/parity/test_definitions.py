"""Step Functions: definitions that it refuses, and definitions that it takes."""

import json
from contextlib import ExitStack
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.machines import Machines, passing
from tests.parity.made.roles import Roles, allow

API = "https://docs.aws.amazon.com/step-functions/latest/apireference"
GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
SEND = "arn:aws:states:::sqs:sendMessage"
MESSAGE = {"QueueUrl": "q", "MessageBody": "b"}
END = {"Type": "Pass", "End": True}

type States = dict[str, dict[str, Any]]


def task(resource: str = SEND, parameters: object = None, **fields: Any) -> States:
    given = MESSAGE if parameters is None else parameters
    return {"S": {"Type": "Task", "Resource": resource, "Parameters": given, "End": True, **fields}}


def branch(name: str) -> dict[str, Any]:
    return {"StartAt": name, "States": {name: END}}


REFUSED: dict[str, tuple[States, str]] = {
    "States.ALL that isn't last": (
        task(Retry=[{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "States.ALL beside another": (
        task(Retry=[{"ErrorEquals": ["States.ALL", "X"]}]),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "no error": (task(Retry=[{"ErrorEquals": []}]), "SCHEMA_VALIDATION_FAILED"),
    "a negative number": (
        task(Retry=[{"ErrorEquals": ["X"], "MaxAttempts": -1}]),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "a constant as a path": (
        {"S": END | {"Parameters": {"a.$": "x"}}},
        "SCHEMA_VALIDATION_FAILED",
    ),
    "an unknown function": (
        {"S": END | {"Parameters": {"a.$": "States.Fromat('{}', $.a)"}}},
        "SCHEMA_VALIDATION_FAILED",
    ),
    "an output path without $": ({"S": END | {"OutputPath": "a"}}, "SCHEMA_VALIDATION_FAILED"),
    "an unknown field": ({"S": END | {"Paramters": {}}}, "SCHEMA_VALIDATION_FAILED"),
    "a timeout of a Map": (
        {
            "S": {
                "Type": "Map",
                "ItemProcessor": branch("I"),
                "TimeoutSeconds": 1,
                "End": True,
            }
        },
        "SCHEMA_VALIDATION_FAILED",
    ),
    "a heartbeat above the timeout": (
        task(HeartbeatSeconds=9, TimeoutSeconds=9),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "a Choice without rules": (
        {"S": {"Type": "Choice", "Choices": [], "Default": "E"}, "E": END},
        "SCHEMA_VALIDATION_FAILED",
    ),
    "a long name": ({"s" * 81: END}, "INVALID_STATE_NAME"),
    "a name in two scopes": (
        {"S": {"Type": "Parallel", "Branches": [branch("A"), branch("A")], "End": True}},
        "DUPLICATE_STATE_NAME",
    ),
    "a wait for what can't be waited for": (task(f"{SEND}.sync"), "SCHEMA_VALIDATION_FAILED"),
    "a wait for a call of the SDK": (
        task("arn:aws:states:::aws-sdk:sqs:sendMessage.sync"),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "an unknown action": (task("arn:aws:states:::sqs:sendMesage"), "SCHEMA_VALIDATION_FAILED"),
    "an unknown service of the SDK": (
        task("arn:aws:states:::aws-sdk:sqz:sendMessage"),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "an unknown action of the SDK": (
        task("arn:aws:states:::aws-sdk:sqs:sendMesage"),
        "SCHEMA_VALIDATION_FAILED",
    ),
    "a missing parameter": (task(parameters={"QueueUrl": "q"}), "SCHEMA_VALIDATION_FAILED"),
    "a missing parameter of the SDK": (
        task("arn:aws:states:::aws-sdk:sqs:sendMessage", {"QueueUrl": "q"}),
        "SCHEMA_VALIDATION_FAILED",
    ),
}
TAKEN: dict[str, States] = {
    "a dynamic parameter": task(parameters={"QueueUrl.$": "$.q", "MessageBody.$": "$"}),
    "an object as a message": task(parameters={"QueueUrl": "q", "MessageBody": {"a.$": "$.a"}}),
    "a function": {"S": END | {"Parameters": {"a.$": "States.Format('{}', $.a)", "b": "$.b"}}},
    "a filter": {"S": END | {"InputPath": "$.a[?(@.b == 1)]", "ResultPath": None}},
    "a variable": {"S": END | {"Assign": {"a.$": "$.a"}, "Parameters": {"b.$": "$a"}}},
    "JSONata": {
        "S": {
            "Type": "Task",
            "QueryLanguage": "JSONata",
            "Resource": SEND,
            "Arguments": {"QueueUrl": "{% $states.input.q %}", "MessageBody": "b"},
            "Output": "{% $states.result %}",
            "End": True,
        }
    },
    "a token": task(
        f"{SEND}.waitForTaskToken", {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}
    ),
    "a call of the SDK": task("arn:aws:states:::aws-sdk:cloudwatchlogs:describeLogGroups", {}),
    "parameters of a lower case API": task(
        "arn:aws:states:::aws-sdk:cloudwatchlogs:createLogGroup", {"LogGroupName": "g"}
    ),
    "retries": task(
        Retry=[
            {"ErrorEquals": ["Own", "States.Timeout"], "IntervalSeconds": 1, "BackoffRate": 1.5},
            {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0, "JitterStrategy": "FULL"},
        ],
        Catch=[{"ErrorEquals": ["States.ALL"], "Next": "F"}],
    )
    | {"F": {"Type": "Fail", "Error": "E", "CausePath": "States.Format('{}', $)"}},
}


@pytest.mark.behaviour(f"{API}/API_CreateStateMachine.html")
@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_definition_is_refused(machines: Machines, name: str) -> None:
    states, code = REFUSED[name]

    with pytest.raises(machines.steps.exceptions.InvalidDefinition) as refused:
        machines.make(states)

    assert f"'{code}: " in refused.value.response["Error"]["Message"]


@pytest.mark.behaviour(f"{API}/API_UpdateStateMachine.html")
def test_an_update_to_an_invalid_definition_is_refused(machines: Machines) -> None:
    machine = machines.make({"S": passing(1)})

    refusal = code_of(lambda: machine.update(REFUSED["a constant as a path"][0]))

    assert refusal == "InvalidDefinition"
    assert machine.run().status == "SUCCEEDED"


@pytest.mark.behaviour(f"{API}/API_ValidateStateMachineDefinition.html")
@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_definition_is_diagnosed(machines: Machines, name: str) -> None:
    states, code = REFUSED[name]

    answer = _validate(machines, states)

    assert answer["result"] == "FAIL"
    assert answer["diagnostics"][0]["code"] == code
    assert answer["diagnostics"][0]["severity"] == "ERROR"


@pytest.mark.behaviour(f"{API}/API_ValidateStateMachineDefinition.html")
@pytest.mark.parametrize("name", TAKEN)
def test_a_valid_definition_is_taken(machines: Machines, name: str) -> None:
    assert _validate(machines, TAKEN[name])["result"] == "OK"


@pytest.mark.behaviour(f"{GUIDE}/choosing-workflow-type.html")
def test_an_express_workflow_waits_for_no_token(machines: Machines) -> None:
    refusal = code_of(lambda: machines.make(TAKEN["a token"], type="EXPRESS"))

    assert refusal == "InvalidDefinition"


@pytest.mark.behaviour(f"{GUIDE}/supported-services-awssdk.html")
def test_a_task_may_call_the_api_of_another_service(
    endpoint: Endpoint, machines: Machines, roles: Roles, cleanup: ExitStack
) -> None:
    group = f"/{new_name()}"
    logs = endpoint.client("logs")
    logs.create_log_group(logGroupName=group)
    cleanup.callback(logs.delete_log_group, logGroupName=group)
    role = roles.make("states", allow("logs:CreateLogGroup", "*"), allow("events:*", "*"))
    states: States = {
        "Events": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:eventbridge:listEventBuses",
            "Next": "Logs",
        },
        "Logs": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:cloudwatchlogs:createLogGroup",
            "Parameters": {"LogGroupName": group},
            "End": True,
        },
    }

    ended = machines.make(states, role).run()

    assert ended.error == "CloudWatchLogs.ResourceAlreadyExistsException"


def _validate(machines: Machines, states: States) -> dict[str, Any]:
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    answer: dict[str, Any] = machines.steps.validate_state_machine_definition(definition=definition)
    return answer
