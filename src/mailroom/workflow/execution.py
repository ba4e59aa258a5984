"""Waits for an execution of the workflow."""

import json
from collections.abc import Callable
from typing import Any

import psycopg

from mailroom.environments.environment import Environment
from mailroom.errors import ExecutionFailed
from mailroom.executions.execution import Execution
from mailroom.executions.history import read_execution
from mailroom.waiting import backoff


def await_execution(
    environment: Environment, execution: str, batch: str, settled: Callable[[int], None]
) -> dict[str, Any]:
    """Wait until an execution has ended.

    Args:
        environment: The environment of the execution.
        execution: Its ARN.
        batch: The batch's id.
        settled: Called with the number of messages of the batch that have settled.

    Returns:
        Its output: `batchId`, `published` and `duplicates`, and the outcomes of each type.

    Raises:
        ExecutionFailed: The execution did not succeed; the message has the state that failed,
            error and cause, the hint the command that shows them.
    """
    client = environment.session.client("stepfunctions")
    with psycopg.connect(environment.database, autocommit=True) as connection:
        for _ in backoff(longest=0.5):
            described = client.describe_execution(executionArn=execution)
            counted = connection.execute(
                "SELECT sum(ingested + already_there + dead_lettered)::bigint"
                " FROM batch_progress WHERE batch_id = %s",
                [batch],
            ).fetchone()
            settled((counted and counted[0]) or 0)
            if described["status"] == "SUCCEEDED":
                output: dict[str, Any] = json.loads(described["output"])
                return output
            if described["status"] != "RUNNING":
                raise failure(read_execution(environment.session, execution))
    raise AssertionError("unreachable: backoff yields for ever")


def failure(execution: Execution) -> ExecutionFailed:
    """The error of an execution that has ended without success."""
    step = execution.failed_step
    show = f"mailroom executions show {execution.name}"
    if step is None:
        return ExecutionFailed(
            f"execution {execution.name} failed: {execution.reason}", f"its states: {show}"
        )
    verb = "was stopped in" if execution.status == "ABORTED" else "failed in"
    return ExecutionFailed(
        f"execution {execution.name} {verb} {step.name}: {execution.reason}",
        f"its input, error and log: {show} --state {step.name}",
    )
