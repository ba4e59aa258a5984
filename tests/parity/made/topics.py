"""Topics, and the queues that subscribe to them."""

import json
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.parity.made.queues import Queue, Queues, texts


@dataclass(frozen=True)
class Topic:
    """A topic that exists.

    Attributes:
        sns: Client of SNS.
        arn: Its ARN.
    """

    sns: Any
    arn: str

    def publish(self, body: str, **attributes: str) -> str:
        """Publish a message with attributes that are texts; its id."""
        answer = self.sns.publish(
            TopicArn=self.arn, Message=body, MessageAttributes=texts(attributes)
        )
        return str(answer["MessageId"])

    def publish_batch(self, *bodies: str, **attributes: str) -> dict[str, Any]:
        """Publish messages, each with the same attributes; their ids are 0, 1 and so on."""
        answer: dict[str, Any] = self.sns.publish_batch(
            TopicArn=self.arn,
            PublishBatchRequestEntries=[
                {"Id": str(place), "Message": body, "MessageAttributes": texts(attributes)}
                for place, body in enumerate(bodies)
            ],
        )
        return answer

    def subscribe(self, queue: Queue, **attributes: object) -> str:
        """Subscribe a queue with raw delivery.

        Args:
            queue: What is subscribed.
            attributes: As Subscribe takes them; dictionaries become JSON.

        Returns:
            The subscription's ARN.
        """
        given = {"RawMessageDelivery": "true", **attributes}
        answer = self.sns.subscribe(
            TopicArn=self.arn,
            Protocol="sqs",
            Endpoint=queue.arn,
            Attributes={
                key: json.dumps(value) if isinstance(value, dict) else str(value)
                for key, value in given.items()
            },
            ReturnSubscriptionArn=True,
        )
        return str(answer["SubscriptionArn"])


class Topics:
    """Makes topics; their subscriptions go with them."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._cleanup = cleanup
        self.sns = endpoint.client("sns")

    def make(self) -> Topic:
        """A topic."""
        topic = Topic(self.sns, self.sns.create_topic(Name=new_name())["TopicArn"])
        self._cleanup.callback(self._delete, topic)
        return topic

    def _delete(self, topic: Topic) -> None:
        pages = self.sns.get_paginator("list_subscriptions_by_topic")
        for page in pages.paginate(TopicArn=topic.arn):
            for one in page["Subscriptions"]:
                # One that was never confirmed has no ARN, and goes by itself.
                if one["SubscriptionArn"] != "PendingConfirmation":
                    self.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
        self.sns.delete_topic(TopicArn=topic.arn)


def subscribed(topic: Topic, queues: Queues, **attributes: object) -> Queue:
    """A queue that the topic may send to, and that is subscribed to it."""
    queue = queues.make(sender=topic.arn)
    topic.subscribe(queue, **attributes)
    return queue
