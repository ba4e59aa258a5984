"""One SQS queue and its dead-letter queue."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from messages.size import MOST_IN_REQUEST
from process_messages.received import Received, from_queue
from shared.clients import AWS_ERRORS, error_code, is_permanent
from shared.errors import AccessRefused, QueueUnavailable
from shared.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef

_LONG_POLL_SECONDS = 1
_MAX_INVISIBLE_SECONDS = 900


def pause_after(receives: int) -> int:
    """Return how many seconds a message stays invisible that failed: 2, 4, 8 and so on up to 900.

    Fifteen receives take more than an hour and a half, which outlasts most outages.
    """
    return min(_MAX_INVISIBLE_SECONDS, 1 << min(receives, 10))


class Queue:
    """Receives and deletes messages, makes them visible again, and sends dead letters.

    It asks SQS once for the queue's URL and its dead-letter queue, when it first needs them.
    """

    def __init__(self, client: "SQSClient", name: str) -> None:
        self._client = client
        self.name = name

    def receive(self) -> list[Received]:
        """Return up to 10 messages, at once if there is one, else none after a second.

        A short poll would ask a part of SQS's servers, and may find nothing in a full queue.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html

        Raises:
            QueueUnavailable: when SQS fails.
            AccessRefused: when SQS refuses the call, however often it is repeated.
        """
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=MOST_IN_REQUEST,
                WaitTimeSeconds=_LONG_POLL_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
        except AWS_ERRORS as error:
            raise self._failure(error) from error
        return [from_queue(message) for message in answer.get("Messages", [])]

    def delete(self, messages: Sequence[Received]) -> None:
        """Delete messages. One that SQS fails to delete comes again; ingestion is idempotent."""
        for place in range(0, len(messages), MOST_IN_REQUEST):
            entries = [
                {"Id": str(number), "ReceiptHandle": message.receipt_handle}
                for number, message in enumerate(messages[place : place + MOST_IN_REQUEST])
            ]
            try:
                answer = self._client.delete_message_batch(
                    QueueUrl=self._url,
                    Entries=entries,  # type: ignore[arg-type]
                )
            except AWS_ERRORS as error:
                raise self._failure(error) from error
            if answer.get("Failed"):
                logger.warning("not deleted", codes=[one["Code"] for one in answer["Failed"]])

    def make_visible(self, messages: Iterable[Received]) -> None:
        """Make messages visible again after `pause_after` their receives."""
        groups: dict[int, list[Received]] = defaultdict(list)
        for message in messages:
            groups[pause_after(message.receives)].append(message)
        for seconds, group in groups.items():
            for place in range(0, len(group), MOST_IN_REQUEST):
                self._change_visibility(group[place : place + MOST_IN_REQUEST], seconds)

    def send_dead_letters(
        self, letters: "Sequence[tuple[str, dict[str, MessageAttributeValueTypeDef]]]"
    ) -> list[int]:
        """Send up to ten bodies with their attributes to the dead-letter queue.

        Returns:
            The places of those that SQS took.

        Raises:
            QueueUnavailable: when SQS fails.
            AccessRefused: when SQS refuses the call, however often it is repeated.
        """
        if not letters:
            return []
        entries: Any = [
            {"Id": str(place), "MessageBody": body, "MessageAttributes": attributes}
            for place, (body, attributes) in enumerate(letters)
        ]
        try:
            answer = self._client.send_message_batch(
                QueueUrl=self._dead_letter_url, Entries=entries
            )
        except AWS_ERRORS as error:
            raise self._failure(error) from error
        if answer.get("Failed"):
            codes = [one["Code"] for one in answer["Failed"]]
            logger.warning("dead letters not sent", codes=codes)
        return [int(one["Id"]) for one in answer.get("Successful", [])]

    @cached_property
    def _url(self) -> str:
        try:
            return self._client.get_queue_url(QueueName=self.name)["QueueUrl"]
        except AWS_ERRORS as error:
            raise self._failure(error) from error

    @cached_property
    def _dead_letter_url(self) -> str:
        """The URL of the queue's dead-letter queue, which has the same account and region."""
        try:
            attributes = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["RedrivePolicy"]
            )["Attributes"]
        except AWS_ERRORS as error:
            raise self._failure(error) from error
        arn: str = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
        return f"{self._url.rpartition('/')[0]}/{arn.rpartition(':')[2]}"

    def _change_visibility(self, group: list[Received], seconds: int) -> None:
        entries = [
            {"Id": str(n), "ReceiptHandle": message.receipt_handle, "VisibilityTimeout": seconds}
            for n, message in enumerate(group)
        ]
        try:
            self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=entries,  # type: ignore[arg-type]
            )
        except AWS_ERRORS as error:
            # They become visible all the same, when their visibility timeout ends.
            logger.warning("visibility not changed", reason=error_code(error))

    def _failure(self, error: Exception) -> QueueUnavailable | AccessRefused:
        error_class = AccessRefused if is_permanent(error) else QueueUnavailable
        return error_class(f"{self.name}: {error_code(error)}")
