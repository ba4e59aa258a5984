"""What Step Functions keeps of a message's batch: its input, and why the execution failed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.tracing.steps import Message, Step
from mailroom.workflow.execution import execution_failure

# Of the executions whose inputs are searched, the newest.
_MOST = 50
_LARGEST_OBJECT = 10 * 1024 * 1024
_FAILURES = ("TaskFailed", "TaskTimedOut", "LambdaFunctionFailed", "LambdaFunctionTimedOut")
_ENDS = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


class Executions:
    """The executions of an environment's workflow."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._client = environment.session.client("stepfunctions")

    def find(self, word: str) -> Iterator[Message]:
        """The messages with a word in the inputs of the last executions."""
        for one in self._client.list_executions(stateMachineArn=self._machine, maxResults=_MOST)[
            "executions"
        ]:
            described = self._client.describe_execution(executionArn=one["executionArn"])
            for event in self._messages(json.loads(described.get("input") or "null")):
                text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
                if word in text:
                    yield Message.of_event(event, one["name"])

    def steps(self, message: Message) -> Iterator[Step]:
        """Acceptance of the message's batch, and the failures of the states of its type."""
        if not message.batch:
            return
        arn = f"{self._machine.replace(':stateMachine:', ':execution:')}:{message.batch}"
        try:
            described = self._client.describe_execution(executionArn=arn)
        except self._client.exceptions.ClientError:
            return
        text = f"accepted in batch {message.batch}"
        yield Step(described["startDate"].timestamp(), "accepted", text, where=arn)
        if described["status"] != "SUCCEEDED":
            yield from _failures(self._history(arn), message.type, arn)

    def _history(self, arn: str) -> list[Any]:
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    @cached_property
    def _machine(self) -> str:
        return self._environment.outputs["MessageWorkflowArn"]

    def _messages(self, given: Any) -> Iterator[Any]:
        if not isinstance(given, dict):
            return
        if isinstance(found := given.get("messages"), list):
            yield from found
        source = given.get("source")
        if isinstance(source, dict) and {"bucket", "key"} <= source.keys():
            with suppress(ClientError, UnicodeDecodeError):
                answer = self._environment.session.client("s3").get_object(
                    Bucket=source["bucket"], Key=source["key"]
                )
                if answer["ContentLength"] <= _LARGEST_OBJECT:
                    yield from answer["Body"].read().decode().splitlines()


def _failures(history: list[Any], message_type: str | None, arn: str) -> Iterator[Step]:
    """The failures of an execution; the same failure again and again is one step."""
    events = {event["id"]: event for event in history}
    repeated: dict[tuple[str, str], list[Any]] = {}
    for event in history:
        if event["type"] in (*_FAILURES, *_ENDS):
            scheduled = _cause(event, events, "TaskScheduled")
            if not _concerns(scheduled, message_type):
                continue
            entered = _cause(event, events, "TaskStateEntered")
            state = entered["stateEnteredEventDetails"]["name"] if entered else ""
            if event["type"] in _ENDS:
                state = ""
            told: dict[str, Any] = next(
                (event[name] for name in event if name.endswith("EventDetails")), {}
            )
            reason = execution_failure(told.get("error", event["type"]), told.get("cause"))
            repeated.setdefault((state, reason), []).append(event)
    for (state, reason), found in repeated.items():
        what = f"state {state}" if state else "the execution"
        times = f" {len(found)} times" if len(found) > 1 else ""
        text = f"{what} failed{times}: {reason}"
        yield Step(found[-1]["timestamp"].timestamp(), "failed", text, True, arn)


def _cause(event: Any, events: dict[int, Any], of_type: str) -> Any:
    """The last event of a type that led to an event; None if there is none."""
    while event:
        if event["type"] == of_type:
            return event
        event = events.get(event.get("previousEventId", 0))
    return None


def _concerns(scheduled: Any, message_type: str | None) -> bool:
    """Whether a task is about all messages, or about those of one type."""
    if not scheduled or not message_type:
        return True
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        parameters = json.loads(scheduled["taskScheduledEventDetails"]["parameters"])
        return bool(parameters["Payload"].get("type", message_type) == message_type)
    return True
