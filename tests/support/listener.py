"""Receives every message that is published on a topic."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from mailroom.environments.environment import Environment
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
        answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
        arn, topic = answer["Attributes"]["QueueArn"], environment.outputs["MessagesTopicArn"]
        policy = open_to_topic(arn, topic)
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
        subscription = sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        try:
            yield Listener(environment, queue)
        finally:
            sns.unsubscribe(SubscriptionArn=subscription)
    finally:
        sqs.delete_queue(QueueUrl=queue)


def open_to_topic(queue: str, topic: str) -> str:
    """The policy of a queue that a topic may send to, both by ARN."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
