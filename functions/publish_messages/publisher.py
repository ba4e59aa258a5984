"""Packs messages into batches, publishes them to SNS, and publishes failed entries again.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages.size import message_size, requests
from shared.clients import AWS_ERRORS, error_code, is_permanent
from shared.context import Deadline
from shared.errors import AccessRefused, PublishFailed

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef

_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.1
_MAX_PAUSE_SECONDS = 5.0
_REFUSED = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "BatchRequestTooLong", "ParamValidationError"}
)


@dataclass(frozen=True)
class Outgoing:
    """A message to publish: its type and its body."""

    type: str
    body: str

    def size(self) -> int:
        """Return its size in bytes, attributes included."""
        return message_size(self.body.encode(), self.type)


def pack(messages: Iterable[Outgoing]) -> Iterator[list[Outgoing]]:
    """Yield the messages in their order, in batches of at most 10 messages and 256 KB."""
    return requests(messages, Outgoing.size)


class Publisher:
    """Publishes batches to one topic."""

    def __init__(
        self,
        client: "SNSClient",
        topic_arn: str,
        batch_id: str,
        deadline: Deadline,
        sleep: Callable[[float], None],
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._batch_id = batch_id
        self._deadline = deadline
        self._sleep = sleep

    def publish(self, batch: list[Outgoing]) -> None:
        """Publish a batch of at most 10 messages.

        Raises:
            PublishFailed: when messages still fail after all attempts or at the deadline.
            AccessRefused: when SNS refuses them, however often they are published.
        """
        left, reason = batch, "no time left"
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(min(_pause(attempt), self._deadline.remaining()))
            if self._deadline.passed():
                break
            left, reason = self._attempt(left)
            if not left:
                return
        raise PublishFailed(f"{len(left)} of {len(batch)} messages of a batch failed: {reason}")

    def _attempt(self, batch: list[Outgoing]) -> tuple[list[Outgoing], str]:
        entries = [self._entry(place, message) for place, message in enumerate(batch)]
        try:
            answer = self._client.publish_batch(
                TopicArn=self._topic_arn, PublishBatchRequestEntries=entries
            )
        except AWS_ERRORS as error:
            if is_permanent(error) or error_code(error) in _REFUSED:
                raise AccessRefused(f"{self._topic_arn}: {error_code(error)}") from error
            return batch, error_code(error)
        failed = answer.get("Failed", [])
        refused = [
            entry for entry in failed if entry.get("SenderFault") and not _throttled(entry["Code"])
        ]
        if refused:
            raise AccessRefused(
                f"{self._topic_arn}: {refused[0]['Code']}: {refused[0].get('Message')}"
            )
        codes = sorted({entry["Code"] for entry in failed})
        return [batch[int(entry["Id"])] for entry in failed], ", ".join(codes)

    def _entry(self, place: int, message: Outgoing) -> "PublishBatchRequestEntryTypeDef":
        return {
            "Id": str(place),
            "Message": message.body,
            "MessageAttributes": {
                "type": {"DataType": "String", "StringValue": message.type},
                "batch_id": {"DataType": "String", "StringValue": self._batch_id},
            },
        }


def _throttled(code: str) -> bool:
    return "Throttl" in code or code in {"RequestLimitExceeded", "TooManyRequestsException"}


def _pause(attempt: int) -> float:
    longest = min(_MAX_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt)
    return random.uniform(longest / 2, longest)  # jitter
