"""What Step Functions keeps of a message's batch: its input, and why the execution failed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.executions.execution import Attempt, describe_error, document
from mailroom.executions.history import execution_arn, list_executions, read_execution
from mailroom.tracing.steps import Message, Step

# Of the executions whose inputs are searched, the newest.
_MOST = 50
_LARGEST_OBJECT = 10 * 1024 * 1024


class Executions:
    """The executions of an environment's workflow."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._client = environment.session.client("stepfunctions")

    def find(self, word: str) -> Iterator[Message]:
        """The messages with a word in the inputs of the last executions of the message workflow."""
        if not self._environment.is_workflow:
            return
        for one in list_executions(self._environment.session, self._machine, limit=_MOST):
            described = self._client.describe_execution(executionArn=one.arn)
            for event in self._messages(document(described.get("input"))):
                text = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
                if word in text:
                    yield Message.of_event(event, one.name)

    def steps(self, message: Message) -> Iterator[Step]:
        """Acceptance of the message's batch, and the failures of the states of its type."""
        if not (message.batch and self._environment.is_workflow):
            return
        arn = execution_arn(self._machine, message.batch)
        try:
            execution = read_execution(self._environment.session, arn)
        except (Refused, ClientError):
            return
        text = f"accepted in batch {message.batch}"
        yield Step(execution.started.timestamp(), "accepted", text, where=arn)
        for state in execution.steps:
            for attempt in state.attempts:
                if attempt.error and attempt.ended and _concerns(attempt, message.type):
                    reason = describe_error(attempt.error, attempt.cause)
                    text = f"state {state.name} failed: {reason}"
                    yield Step(attempt.ended.timestamp(), "failed", text, True, arn)
        if execution.stopped and execution.failed_step:
            text = f"the execution failed: {execution.reason}"
            yield Step(execution.stopped.timestamp(), "failed", text, True, arn)

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


def _concerns(attempt: Attempt, message_type: str | None) -> bool:
    """Whether a call is about all messages, or about those of one type."""
    given = document(attempt.input)
    with suppress(KeyError, TypeError, AttributeError):
        return message_type is None or given["Payload"].get("type", message_type) == message_type
    return True
