"""Hears all that is published on a topic."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from mailroom.environment import Environment
from tests.support.flow import until


class Listener:
    """A queue of its own that takes everything from a stack's topic, whatever its type."""

    def __init__(self, environment: Environment, queue: str) -> None:
        self._sqs = environment.session.client("sqs")
        self._queue = queue
        self.heard: list[str] = []

    def hear_until(self, word: str) -> None:
        """Listen until a message is heard that has this word in it."""
        until(lambda: self._hears(word), f"{word!r} on the topic")

    def _hears(self, word: str) -> bool:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=1
        )
        self.heard += [message["Body"] for message in answer.get("Messages", [])]
        return any(word in body for body in self.heard)


@contextmanager
def listening(environment: Environment) -> Iterator[Listener]:
    """Listen from now on; at the end nothing of it is left."""
    sqs, sns = environment.session.client("sqs"), environment.session.client("sns")
    queue = sqs.create_queue(QueueName=f"test-listener-{uuid.uuid4()}")["QueueUrl"]
    try:
        attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        subscription = sns.subscribe(
            TopicArn=environment.outputs["MessagesTopicArn"],
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        try:
            yield Listener(environment, queue)
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
    finally:
        sqs.delete_queue(QueueUrl=queue)
