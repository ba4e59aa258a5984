"""One SQS queue and its dead-letter queue."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from messages.size import LARGEST_MESSAGE
from process_messages.reading import Letter
from process_messages.received import Attribute, Received, from_queue
from process_messages.settings import QueueSettings
from shared.clients import AWS_ERRORS, error_code, is_hopeless
from shared.errors import AccessRefused, QueueUnavailable
from shared.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

_BATCH = 10
_LONG_POLL_SECONDS = 1
_MOST_ATTRIBUTES = 10
_LONGEST_RETURN_SECONDS = 30


class Queue:
    """Receives from a queue, and puts each message where it belongs afterwards."""

    def __init__(self, client: "SQSClient", settings: QueueSettings) -> None:
        self._client = client
        self._settings = settings

    def receive(self) -> list[Received]:
        """Return up to 10 messages, at once if there is one, else none after a second.

        A short poll would ask a part of SQS's servers, and may find nothing in a full queue.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html

        Raises:
            QueueUnavailable: when SQS fails.
            AccessRefused: when it refuses for good.
        """
        try:
            answer = self._client.receive_message(
                QueueUrl=self._settings.url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=_LONG_POLL_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        except AWS_ERRORS as error:
            raise self._failure(error) from error
        return [from_queue(message) for message in answer.get("Messages", [])]

    def delete(self, messages: Sequence[Received]) -> None:
        """Delete messages; one that isn't deleted comes again and does no harm."""
        for place in range(0, len(messages), _BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": message.receipt_handle}
                for number, message in enumerate(messages[place : place + _BATCH])
            ]
            try:
                answer = self._client.delete_message_batch(
                    QueueUrl=self._settings.url,
                    Entries=entries,  # type: ignore[arg-type]
                )
            except AWS_ERRORS as error:
                raise self._failure(error) from error
            if answer.get("Failed"):
                logger.warning("not deleted", codes=[one["Code"] for one in answer["Failed"]])

    def give_back(self, messages: Iterable[Received]) -> None:
        """Make messages visible again in seconds, later the more often they were received."""
        groups: dict[int, list[Received]] = defaultdict(list)
        for message in messages:
            groups[min(_LONGEST_RETURN_SECONDS, 2 ** min(message.receives, 5))].append(message)
        for seconds, group in groups.items():
            for place in range(0, len(group), _BATCH):
                self._change_visibility(group[place : place + _BATCH], seconds)

    def send_dead(self, letter: Letter) -> None:
        """Send a message to the dead-letter queue as it was received, with its reason.

        Raises:
            QueueUnavailable: when SQS fails.
            AccessRefused: when it refuses for good.
        """
        try:
            self._client.send_message(
                QueueUrl=self._settings.dead_letter_url,
                MessageBody=letter.received.body,
                MessageAttributes=dead_attributes(letter),
            )
        except AWS_ERRORS as error:
            raise self._failure(error) from error

    def _change_visibility(self, group: list[Received], seconds: int) -> None:
        entries = [
            {"Id": str(n), "ReceiptHandle": message.receipt_handle, "VisibilityTimeout": seconds}
            for n, message in enumerate(group)
        ]
        try:
            self._client.change_message_visibility_batch(
                QueueUrl=self._settings.url,
                Entries=entries,  # type: ignore[arg-type]
            )
        except AWS_ERRORS as error:
            # They come back all the same, when their visibility timeout ends.
            logger.warning("not given back", reason=error_code(error))

    def _failure(self, error: Exception) -> QueueUnavailable | AccessRefused:
        kind = AccessRefused if is_hopeless(error) else QueueUnavailable
        return kind(f"{self._settings.name}: {error_code(error)}")


def dead_attributes(letter: Letter) -> "dict[str, MessageAttributeValueTypeDef]":
    """Return the attributes of a dead letter: those received, its reason and, room left, detail."""
    kept = {k: v for k, v in letter.received.attributes.items() if k not in ("reason", "detail")}
    # The routing of a redriven message hangs on these two, so others go first.
    names = sorted(kept, key=lambda name: name not in ("type", "batch_id"))
    names = names[: _MOST_ATTRIBUTES - 2]
    room = LARGEST_MESSAGE - len(letter.received.raw())
    room -= sum(_size(name, kept[name]) for name in names)
    attributes = {name: _value(kept[name]) for name in names}
    for name, text in (("reason", str(letter.reason)), ("detail", letter.detail)):
        room -= _size(name, Attribute("String", ""))
        value = text.encode()[: max(room, 0)].decode(errors="ignore")
        room -= len(value.encode())
        if value and (name == "detail" or value == text):
            attributes[name] = _value(Attribute("String", value))
    return attributes


def _size(name: str, attribute: Attribute) -> int:
    value = attribute.value
    length = len(value.encode()) if isinstance(value, str) else len(value)
    return len(name.encode()) + len(attribute.data_type) + length


def _value(attribute: Attribute) -> "MessageAttributeValueTypeDef":
    if isinstance(attribute.value, str):
        return {"DataType": attribute.data_type, "StringValue": attribute.value}
    return {"DataType": attribute.data_type, "BinaryValue": attribute.value}
