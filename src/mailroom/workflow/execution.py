"""An execution of the workflow, until it ends."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg

from mailroom.environment import Environment
from mailroom.errors import ExecutionFailed
from mailroom.waiting import backoff


def await_execution(
    environment: Environment, execution: str, batch: str, settled: Callable[[int], None]
) -> dict[str, Any]:
    """Wait until an execution has ended.

    Args:
        environment: Where it runs.
        execution: Its ARN.
        batch: The batch it sends.
        settled: Told again and again how many messages of the batch have settled.

    Returns:
        Its output: `batchId`, `published` and `duplicates`, and per type what became of them.

    Raises:
        ExecutionFailed: It ended otherwise than by success; the message names error and cause.
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
                raise _failure(described.get("error", described["status"]), described.get("cause"))
    raise AssertionError("unreachable: the wait has no end of its own")


def _failure(error: str, cause: str | None) -> ExecutionFailed:
    """The function's own sentence, out of the document that Lambda wraps it in."""
    text = cause or ""
    with suppress(json.JSONDecodeError, KeyError, TypeError):
        text = json.loads(text)["errorMessage"]
    return ExecutionFailed(f"the execution failed: {error}: {text}".rstrip(": "))
