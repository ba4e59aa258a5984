"""Queues."""

import json
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name


@dataclass(frozen=True)
class Queue:
    """A queue that exists.

    Attributes:
        sqs: Client of SQS.
        url: Its URL.
        arn: Its ARN.
        endpoint: Where it is.
    """

    sqs: Any
    url: str
    arn: str
    endpoint: Endpoint

    def send(self, body: str, **attributes: str) -> str:
        """Send a message with attributes that are texts; its id."""
        return str(
            self.sqs.send_message(
                QueueUrl=self.url, MessageBody=body, MessageAttributes=texts(attributes)
            )["MessageId"]
        )

    def send_all(self, *bodies: str) -> None:
        """Send messages in one batch."""
        entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
        self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def receive(self, **options: Any) -> list[dict[str, Any]]:
        """What a call of ReceiveMessage finds, with all attributes; it asks every server."""
        defaults = {
            "MaxNumberOfMessages": 10,
            "WaitTimeSeconds": 1,
            "MessageAttributeNames": ["All"],
            "MessageSystemAttributeNames": ["All"],
        }
        answer = self.sqs.receive_message(QueueUrl=self.url, **{**defaults, **options})
        return list(answer.get("Messages", []))

    def next(self) -> dict[str, Any]:
        """Receive the one message that lies there, or will."""
        found: list[dict[str, Any]] = []

        def is_there() -> bool:
            found.extend(self.receive())
            return bool(found)

        self.endpoint.until(is_there, f"a message in {self.arn}")
        return found[0]

    def collect(self, count: int = 1) -> list[dict[str, Any]]:
        """Receive and delete messages until there were so many of them."""
        found: list[dict[str, Any]] = []

        def enough() -> bool:
            for message in self.receive():
                found.append(message)
                self.delete(message)
            return len(found) >= count

        self.endpoint.until(enough, f"{count} messages in {self.arn}")
        return found

    def delete(self, message: dict[str, Any]) -> None:
        """Delete a message that was received."""
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def give_back(self, message: dict[str, Any]) -> None:
        """Make a message that was received visible again."""
        handle = {"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}
        entry = {**handle, "VisibilityTimeout": 0}
        self.sqs.change_message_visibility_batch(QueueUrl=self.url, Entries=[entry])


class Queues:
    """Makes queues."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.sqs = endpoint.client("sqs")

    def make(self, **attributes: object) -> Queue:
        """A queue.

        Args:
            attributes: As CreateQueue takes them; `sender` is the ARN of a topic or bucket that
                may send to it.
        """
        name = f"{new_name()}.fifo" if "FifoQueue" in attributes else new_name()
        arn = f"arn:aws:sqs:{self._endpoint.region}:{self._endpoint.account}:{name}"
        sender = attributes.pop("sender", None)
        if sender:
            attributes["Policy"] = _open_to(arn, str(sender))
        given = {key: _text(value) for key, value in attributes.items()}
        url = self.sqs.create_queue(QueueName=name, Attributes=given)["QueueUrl"]
        self._cleanup.callback(self._delete, url)
        return Queue(self.sqs, url, arn, self._endpoint)

    def _delete(self, url: str) -> None:
        with suppress(ClientError):
            self.sqs.delete_queue(QueueUrl=url)


def texts(attributes: dict[str, str]) -> dict[str, Any]:
    """Message attributes that are texts, as SQS and SNS take them."""
    return {key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()}


def values(message: dict[str, Any]) -> dict[str, str]:
    """A received message's attributes that are texts."""
    return {
        key: value["StringValue"] for key, value in message.get("MessageAttributes", {}).items()
    }


def _open_to(arn: str, sender: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{sender.split(':')[2]}.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": sender}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, dict) else str(value)
