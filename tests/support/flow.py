"""Runs the workflow for tests: start an execution, wait for a predicate, read the result."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from mailroom.environments.environment import Environment
from mailroom.waiting import backoff
from mailroom.workflow.queues import peek
from tests.support.events import mixed

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

    def start(self, document: Any, name: str = "") -> str:
        """Start an execution with this input; returns its ARN."""
        return self._steps.start_execution(
            stateMachineArn=self.environment.outputs["MessageWorkflowArn"],
            name=name or f"test-{uuid.uuid4()}",
            input=json.dumps(document),
        )["executionArn"]

    def ended(self, execution: str, seconds: float = 120) -> Ended:
        """Wait for an execution's end."""
        described: Any = {}

        def over() -> bool:
            described.update(self._steps.describe_execution(executionArn=execution))
            return bool(described["status"] != "RUNNING")

        until(over, f"the end of {execution}", seconds)
        return Ended(
            described["status"],
            json.loads(described.get("output") or "{}"),
            described.get("error", ""),
            described.get("cause", ""),
        )

    def run(self, document: Any, name: str = "", seconds: float = 120) -> Ended:
        """Start an execution and wait for its end."""
        return self.ended(self.start(document, name), seconds)

    def succeed(self, document: Any) -> dict[str, Any]:
        """Run an execution that must succeed; its output."""
        ended = self.run(document)
        assert ended.status == "SUCCEEDED", f"{ended.error}: {ended.cause}"
        return ended.output

    def send(self, events: Sequence[Event]) -> dict[str, Any]:
        """Send events inline; the execution's output."""
        return self.succeed({"messages": list(events)})

    def upload(self, lines: Iterable[str]) -> dict[str, Any]:
        """Put lines into MessagesBucket; the input that names them."""
        bucket, key = self.environment.outputs["MessagesBucketName"], f"batches/{uuid.uuid4()}"
        body = "".join(f"{line}\n" for line in lines).encode()
        self.environment.session.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return {"source": {"bucket": bucket, "key": key}}

    def delete(self, uploaded: dict[str, Any]) -> None:
        """Delete from MessagesBucket what was uploaded."""
        source = uploaded["source"]
        client = self.environment.session.client("s3")
        client.delete_object(Bucket=source["bucket"], Key=source["key"])

    def publish(self, body: str, **attributes: str) -> None:
        """Put a message straight on the topic, past PublishMessagesFunction."""
        self.environment.session.client("sns").publish(
            TopicArn=self.environment.outputs["MessagesTopicArn"],
            Message=body,
            MessageAttributes=_texts(attributes),
        )

    def put(self, queue: str, body: str, **attributes: str) -> str:
        """Put a message straight on a queue, past the topic; its id."""
        return self.environment.session.client("sqs").send_message(
            QueueUrl=self.environment.outputs[f"{queue}Url"],
            MessageBody=body,
            MessageAttributes=_texts(attributes),
        )["MessageId"]

    def work_until(self, true: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Run executions, of messages of their own, until something is true of the queues' others.

        An execution polls only until its own batch has settled, so one may not be enough.
        """
        until(lambda: bool(self.run({"messages": mixed(2)})) and true(), what, seconds)

    def ingested(self, events: Sequence[Event]) -> list[Event]:
        """Which of these events are in the database, as they were stored, in the order given."""
        rows = self.database.execute(
            "SELECT id, event FROM messages WHERE id = ANY(%s)", [[event["id"] for event in events]]
        )
        stored: dict[str, Event] = dict(rows.fetchall())
        return [stored[event["id"]] for event in events if event["id"] in stored]

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


def _texts(attributes: dict[str, str]) -> dict[str, Any]:
    return {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
