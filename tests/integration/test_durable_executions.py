"""Executions after LocalStack was killed: those that had ended, and those that ran."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.durable_engine import DurableEngine, durable_engine
from tests.support.flow import until

ROLE = "arn:aws:iam::000000000000:role/none"


WAIT = json.dumps(
    {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
)


def machine(engine: DurableEngine, definition: str) -> str:
    """Make a state machine, as `up` does; its ARN."""
    made = engine.session.client("stepfunctions").create_state_machine(
        name="machine", definition=definition, roleArn=ROLE
    )
    return str(made["stateMachineArn"])


def test_an_execution_that_ran_when_localstack_was_killed_is_aborted(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = machine(engine, WAIT)
        started = engine.session.client("stepfunctions").start_execution(
            stateMachineArn=arn, name="runs", input='{"batch": "ß"}'
        )
        execution = started["executionArn"]

        engine.restart()
        assert machine(engine, WAIT) == arn
        client = engine.session.client("stepfunctions")
        [listed] = client.list_executions(stateMachineArn=arn)["executions"]
        described = client.describe_execution(executionArn=execution)
        history = client.get_execution_history(executionArn=execution)["events"]

    assert (listed["executionArn"], listed["status"]) == (execution, "ABORTED")
    assert described["cause"] == "the engine ended while the execution ran"
    assert described["startDate"] == started["startDate"]
    assert described["stopDate"] >= described["startDate"]
    assert json.loads(described["input"]) == {"batch": "ß"}
    assert [one["type"] for one in history] == ["ExecutionStarted", "ExecutionAborted"]


def test_executions_that_ended_have_what_they_had_and_their_history(tmp_path: Path) -> None:
    choose = {"Variable": "$.fails", "BooleanEquals": True, "Next": "Fail"}
    states = {
        "Choose": {"Type": "Choice", "Choices": [choose], "Default": "Pass"},
        "Pass": {"Type": "Pass", "Result": {"of": "ß"}, "End": True},
        "Fail": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"},
    }
    first = json.dumps({"StartAt": "Choose", "States": states})
    other = json.dumps({"StartAt": "Pass", "States": {"Pass": states["Pass"]}})
    with durable_engine(tmp_path) as engine:
        arn = machine(engine, first)
        client = engine.session.client("stepfunctions")
        arns = [
            client.start_execution(stateMachineArn=arn, input=json.dumps({"fails": fails}))
            for fails in (False, True)
        ]
        before = [ended(client, one["executionArn"]) for one in arns]

        engine.restart()
        assert machine(engine, other) == arn
        client = engine.session.client("stepfunctions")
        after = [ended(client, one["executionArn"]) for one in arns]
        listed = client.list_executions(stateMachineArn=arn)["executions"]
        # LocalStack asks every execution that it knows whether the token is its own.
        with pytest.raises(client.exceptions.InvalidToken):
            client.send_task_failure(taskToken="unknown")
        with pytest.raises(client.exceptions.ResourceNotFound):
            client.describe_map_run(mapRunArn=f"{arn}/map:1".replace("stateMachine", "mapRun"))

    assert after == before
    assert [one[0]["status"] for one in after] == ["SUCCEEDED", "FAILED"]
    assert {one["executionArn"] for one in listed} == {one["executionArn"] for one in arns}


def ended(client: Any, execution: str) -> tuple[Any, Any, Any]:
    """An execution when it has ended, its history, and the definition that it had."""

    def describe() -> Any:
        return client.describe_execution(executionArn=execution)

    until(lambda: describe()["status"] != "RUNNING", "the execution's end", 30)
    described = describe()
    history = client.get_execution_history(executionArn=execution)["events"]
    machine = client.describe_state_machine_for_execution(executionArn=execution)
    described.pop("ResponseMetadata")
    return described, history, machine["definition"]
