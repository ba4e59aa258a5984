"""Receives messages from a queue until all that are wanted were in hand."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mailroom.dead_letters.queued_messages import Letter, Wanted
from mailroom.environments.environment import Environment

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

_BATCH = 10
# Long enough to see to ten messages, short enough that what a crash leaves is back soon.
_INVISIBLE_SECONDS = 60


class Taker:
    """Takes messages out of one queue; what is not deleted is there again at the end."""

    def __init__(self, environment: Environment, queue: str) -> None:
        self._client: SQSClient = environment.session.client("sqs")
        self._url = environment.outputs[f"{queue}Url"]
        self._queue = queue

    def take(self, wanted: Wanted) -> Iterator[list[Letter]]:
        """Yield the wanted messages, each once, in batches of up to 10."""
        held: dict[str, Letter] = {}
        missing = set(wanted.ids)
        try:
            while batch := self._receive():
                fresh = [letter for letter in batch if letter.id not in held]
                held.update((letter.id, letter) for letter in batch)
                yield [letter for letter in fresh if wanted(letter)]
                missing -= held.keys()
                if not fresh or (wanted.ids and not missing):
                    return
        finally:
            self._give_back(list(held.values()))

    def delete(self, letters: list[Letter]) -> None:
        """Delete messages that were taken; one that isn't deleted is there again."""
        if letters:
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": letter.receipt} for n, letter in enumerate(letters)
            ]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _receive(self) -> list[Letter]:
        # The long poll asks all of SQS's servers: an empty answer means an empty queue.
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=_BATCH,
            WaitTimeSeconds=1,
            VisibilityTimeout=_INVISIBLE_SECONDS,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [self._letter(message) for message in answer.get("Messages", [])]

    def _letter(self, message: Any) -> Letter:
        return Letter(
            self._queue,
            message["MessageId"],
            int(message["Attributes"]["SentTimestamp"]) / 1000,
            message["Body"],
            {
                name: _sendable(value)
                for name, value in message.get("MessageAttributes", {}).items()
            },
            message["ReceiptHandle"],
        )

    def _give_back(self, letters: list[Letter]) -> None:
        for place in range(0, len(letters), _BATCH):
            entries: Any = [
                {"Id": str(n), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
                for n, letter in enumerate(letters[place : place + _BATCH])
            ]
            # Those that were deleted meanwhile are refused, one by one.
            self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)


def _sendable(value: dict[str, Any]) -> dict[str, Any]:
    """What was received of an attribute, without the empty lists that SQS refuses to take."""
    names = ("DataType", "StringValue", "BinaryValue")
    return {name: value[name] for name in names if value.get(name)}
