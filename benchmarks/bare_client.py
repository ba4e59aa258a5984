"""The same messages through the same engine by a bare boto3 client: the reference of the flow."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mailroom.environments.environment import Environment
from tests.support.listener import open_to_topic

if TYPE_CHECKING:
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

THREADS = 4


class BareClient:
    """A topic and a queue for each message type, published to and drained by four threads."""

    def __init__(self, environment: Environment) -> None:
        self._sns = environment.session.client("sns")
        self._sqs = environment.session.client("sqs")
        self._topic = self._sns.create_topic(Name=f"bare-{uuid.uuid4().hex[:8]}")["TopicArn"]
        self._queues = [self._subscribed_queue(kind) for kind in _types(environment)]

    def publish_and_drain(self, events: list[dict[str, Any]]) -> None:
        """Publish all events, then receive and delete all of them."""
        self.publish(events)
        self.drain(len(events))

    def publish(self, events: list[dict[str, Any]]) -> None:
        """Publish events in batches of ten."""
        batches = [events[start : start + 10] for start in range(0, len(events), 10)]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._publish, batches))

    def drain(self, count: int) -> None:
        """Receive and delete so many messages."""
        with ThreadPoolExecutor(THREADS) as pool:
            drained = sum(pool.map(self._drain, self._queues * (THREADS // 2)))
        assert drained == count, f"{drained} of {count} drained"

    def _subscribed_queue(self, kind: str) -> str:
        name = f"bare-{kind}-{uuid.uuid4().hex[:8]}"
        url = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        policy = open_to_topic(arn, self._topic)
        self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        self._sns.subscribe(
            TopicArn=self._topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={
                "RawMessageDelivery": "true",
                "FilterPolicy": json.dumps({"type": [kind]}),
            },
        )
        return url

    def _publish(self, events: list[dict[str, Any]]) -> None:
        entries: list[PublishBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "Message": json.dumps(event),
                "MessageAttributes": {
                    "type": {"DataType": "String", "StringValue": event["type"]},
                    "batch_id": {"DataType": "String", "StringValue": "bare"},
                },
            }
            for number, event in enumerate(events)
        ]
        answer = self._sns.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)
        assert not answer.get("Failed")

    def _drain(self, queue: str) -> int:
        drained = 0
        while messages := self._sqs.receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages", []):
            self._sqs.delete_message_batch(
                QueueUrl=queue,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )
            drained += len(messages)
        return drained


def _types(environment: Environment) -> list[str]:
    subscriptions = environment.topology.subscriptions
    return [message_type for one in subscriptions for message_type in one.types]
