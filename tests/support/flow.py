"""The workflow as tests use it: start, wait for what is true, look at the result."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from mailroom.environment import Environment
from mailroom.waiting import backoff
from mailroom.workflow.queues import peek

Event = dict[str, Any]


@dataclass(frozen=True)
class Ended:
    """An execution that has ended."""

    status: str
    output: dict[str, Any]
    error: str
    cause: str


class Flow:
    """Drives one stack of an environment."""

    def __init__(self, environment: Environment, database: psycopg.Connection) -> None:
        self.environment = environment
        self.database = database
        self._steps = environment.session.client("stepfunctions")

    def start(self, document: Any) -> str:
        """Start an execution with this input; returns its ARN."""
        return self._steps.start_execution(
            stateMachineArn=self.environment.outputs["MessageWorkflowArn"],
            name=f"test-{uuid.uuid4()}",
            input=json.dumps(document),
        )["executionArn"]

    def ended(self, execution: str, seconds: float = 120) -> Ended:
        """Wait for an execution's end."""
        described: Any = {}

        def over() -> bool:
            described.update(self._steps.describe_execution(executionArn=execution))
            return described["status"] != "RUNNING"

        until(over, f"the end of {execution}", seconds)
        return Ended(
            described["status"],
            json.loads(described.get("output") or "{}"),
            described.get("error", ""),
            described.get("cause", ""),
        )

    def run(self, document: Any, seconds: float = 120) -> Ended:
        """Start an execution and wait for its end."""
        return self.ended(self.start(document), seconds)

    def send(self, events: Sequence[Event]) -> dict[str, Any]:
        """Send events inline; the execution's output."""
        ended = self.run({"messages": list(events)})
        assert ended.status == "SUCCEEDED", f"{ended.error}: {ended.cause}"
        return ended.output

    def ingested(self, events: Sequence[Event]) -> list[Event]:
        """Which of these events are in the database, as they were stored."""
        rows = self.database.execute(
            "SELECT event FROM messages WHERE id = ANY(%s)", [[event["id"] for event in events]]
        )
        return [row[0] for row in rows.fetchall()]

    def queued(self, queue: str, body: str) -> list[dict[str, Any]]:
        """The messages of a queue that have exactly this body; none is received by looking."""
        return [message for message in peek(self.environment, queue) if message["body"] == body]


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait until something is true; fail when it isn't in time."""
    deadline = time.monotonic() + seconds
    for _ in backoff(longest=0.3):
        if true():
            return
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
