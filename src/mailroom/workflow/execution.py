"""Waits for an execution of the workflow."""

import json
from collections.abc import Callable
from typing import Any

import psycopg

from mailroom.environments.environment import Environment
from mailroom.errors import ExecutionFailed
from mailroom.executions.execution import describe_error
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
        ExecutionFailed: The execution did not succeed; the message has error and cause.
    """
    client = environment.session.client("stepfunctions")
    with psycopg.connect(environment.database, autocommit=True) as connection:
        for _ in backoff(longest=0.5):
            described = client.describe_execution(executionArn=execution)
            counted = connection.execute(
                "SELECT count(*) FROM settlements WHERE batch_id = %s", [batch]
            ).fetchone()
            settled(counted[0] if counted else 0)
            if described["status"] == "SUCCEEDED":
                output: dict[str, Any] = json.loads(described["output"])
                return output
            if described["status"] != "RUNNING":
                reason = describe_error(
                    described.get("error", described["status"]), described.get("cause")
                )
                raise ExecutionFailed(f"the execution failed: {reason}")
    raise AssertionError("unreachable: backoff yields for ever")
