"""The smoke test: sends a message of each type through the deployed state machine.

The toolbox may not reach the database, in private subnets. So the execution's output says what
settled, and MigrateDatabaseFunction counts and removes the rows, those of the smoke test's source
alone.
"""

import json
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.executions.execution import describe_error
from mailroom.invocation import invoke
from mailroom.types.described import MessageType
from mailroom.waiting import backoff

_SOURCE = "urn:mailroom:smoke-test"
_SECONDS = 300


class SmokeTestFailed(MailroomError):
    """The stack is deployed, and a message was not ingested."""


def run_smoke_test(environment: Environment, types: Sequence[MessageType]) -> None:
    """Send a sample of each type, wait until they settle, count and remove their rows.

    Args:
        environment: The environment whose stack is tested.
        types: The checkout's types.

    Raises:
        SmokeTestFailed: A message was not ingested, not found or not removed.
    """
    batch = f"smoke-test-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    events = _events(environment, types, batch)
    expected = {event["type"]: 1 for event in events}
    try:
        output = _execute(environment, batch, events)
    except MailroomError:
        with suppress(MailroomError):
            _end(environment, batch)
        raise
    ended = _end(environment, batch)
    settled = {name: output[name]["ingested"] for name in expected}
    for what, counts in (("ingested", settled), ("found in the database", ended["found"])):
        if counts != expected:
            raise SmokeTestFailed(f"the smoke test sent {expected}; {what}: {counts}")


def _execute(environment: Environment, batch: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    client = environment.session.client("stepfunctions")
    execution = client.start_execution(
        stateMachineArn=environment.outputs["MessageWorkflowArn"],
        name=batch,
        input=json.dumps({"messages": events}),
    )["executionArn"]
    deadline = time.monotonic() + _SECONDS
    for _ in backoff(longest=1):
        described = client.describe_execution(executionArn=execution)
        if described["status"] == "SUCCEEDED":
            output: dict[str, Any] = json.loads(described["output"])
            return output
        if described["status"] != "RUNNING":
            error = described.get("error", described["status"])
            reason = describe_error(error, described.get("cause"))
            raise SmokeTestFailed(f"the smoke test failed: {reason}")
        if time.monotonic() > deadline:
            client.stop_execution(executionArn=execution)
            raise SmokeTestFailed(f"the smoke test had not ended after {_SECONDS} s")
    raise AssertionError("unreachable: backoff yields for ever")


def _end(environment: Environment, batch: str) -> dict[str, Any]:
    name = environment.outputs["MigrateDatabaseFunctionName"]
    answer = invoke(environment.session, name, {"smokeTest": {"batchId": batch}})
    if answer.failed or "found" not in answer.payload:
        raise SmokeTestFailed(f"the smoke test's messages could not be looked up: {answer.error}")
    found: dict[str, Any] = answer.payload
    return found


def _events(
    environment: Environment, types: Sequence[MessageType], batch: str
) -> list[dict[str, Any]]:
    """The first sample of each type that is deployed.

    A type with an action is left out: what its action does could not be undone.
    """
    common = {
        "specversion": "1.0",
        "source": _SOURCE,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "subject": "smoke test",
        "datacontenttype": "application/json",
    }
    return [
        {**common, "id": f"{batch}-{one.name}", "type": one.name, "data": one.samples[0]["data"]}
        for one in types
        if one.samples and not one.action and f"{one.resource}QueueUrl" in environment.outputs
    ]
