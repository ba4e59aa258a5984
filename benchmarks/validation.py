"""What it costs to look at the values of every request: calls beside the same with it off."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.figure import Figure, in_turn, seconds
from benchmarks.with_and_without import with_and_without
from mailroom.environments.environment import Environment
from mailroom.project import Project

ROUNDS = 400
WARM = 20
VARIABLE = "MAILROOM_VALIDATION"
MOST = 1.03
ATTRIBUTES = {"type": {"DataType": "String", "StringValue": "measured"}}


class Calls:
    """The calls that are measured, on a topic and a queue of their own."""

    def __init__(self, environment: Environment) -> None:
        self._sns = environment.session.client("sns")
        self._sqs = environment.session.client("sqs")
        name = f"validation-{uuid.uuid4().hex[:8]}"
        self._topic = self._sns.create_topic(Name=name)["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]

    def publish_batch(self) -> None:
        entries: list[Any] = [
            {"Id": str(number), "Message": "{}", "MessageAttributes": ATTRIBUTES}
            for number in range(10)
        ]
        self._sns.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)

    def receive_and_delete(self) -> None:
        """Ten messages, which are sent before."""
        received = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        entries: list[Any] = [
            {"Id": one["MessageId"], "ReceiptHandle": one["ReceiptHandle"]}
            for one in received["Messages"]
        ]
        self._sqs.delete_message_batch(QueueUrl=self._queue, Entries=entries)

    def send_ten(self) -> None:
        entries: list[Any] = [{"Id": str(number), "MessageBody": "{}"} for number in range(10)]
        self._sqs.send_message_batch(QueueUrl=self._queue, Entries=entries)

    def one_call(self) -> None:
        self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["All"])


def measure_validation(project: Project) -> Iterator[Figure]:
    """Each call in an environment that validates, and in one that doesn't."""
    with with_and_without(project, VARIABLE) as environments:
        with_it, without = environments
        calls = Calls(with_it), Calls(without)
        yield _figure("publish_batch", calls, Calls.publish_batch, _nothing)
        yield _figure("receive and delete", calls, Calls.receive_and_delete, Calls.send_ten)
        yield _figure("one call", calls, Calls.one_call, _nothing)


def _figure(
    name: str,
    calls: tuple[Calls, Calls],
    call: Callable[[Calls], None],
    before: Callable[[Calls], None],
) -> Figure:
    def timed(one: Calls) -> float:
        before(one)
        return seconds(lambda: call(one)) * 1000

    works = [lambda one=one: timed(one) for one in calls]
    in_turn(WARM, *works)
    validated, unlooked = in_turn(ROUNDS, *works)
    return Figure(f"{name}, validated", validated, "the same, unvalidated", unlooked, MOST, "ms")


def _nothing(_calls: Calls) -> None:
    """Nothing has to be there."""
