"""Receives messages of one queue until all that match were received."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.environments.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

_BATCH = 10
# Long enough to handle ten messages; after a crash they are visible again within a minute.
_INVISIBLE_SECONDS = 60


class Receiver:
    """Receives messages of one queue; at the end those not deleted are visible again."""

    def __init__(self, environment: Environment, queue: str) -> None:
        self._client: SQSClient = environment.session.client("sqs")
        self._url = environment.topology.queue(queue).url
        self._queue = queue
        self._dead = queue in environment.topology.dead_letter_queues

    def receive(self, matches: MessageFilter) -> Iterator[list[QueuedMessage]]:
        """Yield the messages that match, each once, in batches of up to 10."""
        received: dict[str, QueuedMessage] = {}
        missing = set(matches.ids)
        try:
            while batch := self._receive():
                fresh = [message for message in batch if message.id not in received]
                received.update((message.id, message) for message in batch)
                yield [message for message in fresh if matches(message)]
                found = [message.id for message in received.values()]
                missing = {one for one in missing if not any(id.startswith(one) for id in found)}
                if not fresh or (matches.ids and not missing):
                    return
        finally:
            self._make_visible(list(received.values()))

    def delete(self, messages: list[QueuedMessage]) -> None:
        """Delete received messages; one that SQS fails to delete becomes visible again."""
        if messages:
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": one.receipt} for n, one in enumerate(messages)
            ]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _receive(self) -> list[QueuedMessage]:
        # A long poll asks all of SQS's servers: an empty answer means an empty queue.
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=1,
            VisibilityTimeout=_INVISIBLE_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [self._message(received) for received in answer.get("Messages", [])]

    def _message(self, received: Any) -> QueuedMessage:
        attributes = received.get("MessageAttributes", {})
        return QueuedMessage(
            self._queue,
            received["MessageId"],
            int(received["Attributes"]["SentTimestamp"]) / 1000,
            received["Body"],
            {name: _sendable(value) for name, value in attributes.items()},
            received["ReceiptHandle"],
            dead=self._dead,
        )

    def _make_visible(self, messages: list[QueuedMessage]) -> None:
        for place in range(0, len(messages), _BATCH):
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                for n, one in enumerate(messages[place : place + _BATCH])
            ]
            # SQS refuses the entries of messages that were deleted, one by one.
            self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


def _sendable(value: dict[str, Any]) -> dict[str, Any]:
    """A received attribute without the empty lists that SendMessage refuses."""
    names = ("DataType", "StringValue", "BinaryValue")
    return {name: value[name] for name in names if value.get(name)}
