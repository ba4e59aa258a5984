"""Executions that ran when LocalStack was killed."""

import json
from pathlib import Path

from tests.support.durable_engine import DurableEngine, durable_engine

ROLE = "arn:aws:iam::000000000000:role/none"


def machine(engine: DurableEngine, seconds: int) -> str:
    """Make a state machine that waits, as `up` does; its ARN."""
    wait = {
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": seconds, "End": True}},
    }
    made = engine.session.client("stepfunctions").create_state_machine(
        name="waits", definition=json.dumps(wait), roleArn=ROLE
    )
    return str(made["stateMachineArn"])


def test_an_execution_that_ran_when_localstack_was_killed_is_aborted(tmp_path: Path) -> None:
    with durable_engine(tmp_path) as engine:
        arn = machine(engine, seconds=600)
        started = engine.session.client("stepfunctions").start_execution(
            stateMachineArn=arn, name="runs", input='{"batch": "ß"}'
        )
        execution = started["executionArn"]

        engine.restart()
        assert machine(engine, seconds=600) == arn
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
