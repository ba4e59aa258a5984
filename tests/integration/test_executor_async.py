"""Asynchronous invocation: the caller is gone, the outcome goes to a destination."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from mailroom.environments.environment import Environment
from tests.support.engine import running_engine
from tests.support.flow import until
from tests.support.functions import Function, Functions, making_functions

FAILS = """
    class NeverWorks(Exception): ...

    def handler(event, context):
        raise NeverWorks(event["number"])
"""


class Destination:
    """A queue that hears how invocations ended."""

    def __init__(self, session: boto3.Session) -> None:
        self._sqs: Any = session.client("sqs")
        self.url = self._sqs.create_queue(QueueName=f"test-{uuid.uuid4()}")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn: str = attributes["Attributes"]["QueueArn"]

    def outcome(self) -> dict[str, Any]:
        """Wait for the next outcome."""
        received: list[dict[str, Any]] = []

        def heard() -> bool:
            answer = self._sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=1)
            received.extend(answer.get("Messages", []))
            return bool(received)

        until(heard, "the outcome of the invocation", 30)
        outcome: dict[str, Any] = json.loads(received[0]["Body"])
        return outcome

    def delete(self) -> None:
        self._sqs.delete_queue(QueueUrl=self.url)


def tell(functions: Functions, function: Function, destination: Destination, **more: Any) -> None:
    """Have the outcomes of a function's asynchronous invocations told."""
    target = {"Destination": destination.arn}
    functions.client.put_function_event_invoke_config(
        **{
            "FunctionName": function.name,
            "DestinationConfig": {"OnSuccess": target, "OnFailure": target},
            **more,
        }
    )


@pytest.fixture
def destination(environment: Environment) -> Iterator[Destination]:
    destination = Destination(environment.session)
    yield destination
    destination.delete()


def test_an_event_is_handled_after_the_caller_has_gone(
    functions: Functions, destination: Destination
) -> None:
    function = functions.make("def handler(event, context): return event['number'] + 1")
    tell(functions, function, destination)

    function.send({"number": 1})

    outcome = destination.outcome()
    assert outcome["requestContext"]["condition"] == "Success"
    assert (outcome["requestPayload"], outcome["responsePayload"]) == ({"number": 1}, 2)


def test_an_event_that_fails_goes_to_the_failure_destination_with_its_error(
    functions: Functions, destination: Destination
) -> None:
    function = functions.make(FAILS)
    tell(functions, function, destination, MaximumRetryAttempts=0)

    function.send({"number": 1})

    outcome = destination.outcome()
    assert outcome["requestContext"]["condition"] == "RetriesExhausted"
    assert outcome["requestContext"]["approximateInvokeCount"] == 1
    assert outcome["requestPayload"] == {"number": 1}
    assert outcome["responsePayload"]["errorType"] == "NeverWorks"


def test_an_event_that_fails_is_tried_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a LocalStack of its own, which doesn't wait the minutes that Lambda waits in between.
    with (
        running_engine(tmp_path, monkeypatch, LAMBDA_RETRY_BASE_DELAY="0") as engine,
        making_functions(engine.session) as functions,
    ):
        destination, function = Destination(engine.session), functions.make(FAILS)
        tell(functions, function, destination)

        function.send({"number": 1})

        outcome = destination.outcome()
        assert outcome["requestContext"]["condition"] == "RetriesExhausted"
        assert outcome["requestContext"]["approximateInvokeCount"] == 3
