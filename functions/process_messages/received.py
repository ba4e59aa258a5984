"""A message as the function received it: from SQS, or in an event of a mapping."""

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_MAX_BATCH_ID = 128


@dataclass(frozen=True)
class Attribute:
    """A message attribute: its type and its value, text or bytes."""

    data_type: str
    value: str | bytes


@dataclass(frozen=True)
class Received:
    """A message on its way from SQS to Postgres; `sent` is when its queue got it, in ms."""

    message_id: str
    receipt_handle: str
    body: str
    attributes: dict[str, Attribute]
    receives: int
    sent: int | None = None

    @property
    def batch_id(self) -> str | None:
        """The value of the attribute `batch_id`, if it can be a batch's id."""
        attribute = self.attributes.get("batch_id")
        value = attribute.value if attribute else ""
        if not isinstance(value, str) or not value.isprintable():
            return None
        return value if 0 < len(value.encode()) <= _MAX_BATCH_ID else None

    def raw(self) -> bytes:
        """Return the body's bytes."""
        return self.body.encode(errors="surrogatepass")

    def body_digest(self) -> str:
        """Return the SHA-256 of the body's bytes, in hexadecimal."""
        return sha256(self.raw()).hexdigest()

    def attributes_json(self) -> str:
        """Return the attributes as JSON that Postgres can store, binary values in base64."""
        readable = {
            name: {"type": attribute.data_type, "value": _readable(attribute.value)}
            for name, attribute in self.attributes.items()
        }
        return json.dumps(readable).replace("\\u0000", "\\ufffd")


def from_queue(message: "MessageTypeDef") -> Received:
    """Return a message out of the answer of ReceiveMessage."""
    system = message.get("Attributes", {})
    return Received(
        message["MessageId"],
        message["ReceiptHandle"],
        message.get("Body", ""),
        {
            name: Attribute(
                value["DataType"], value.get("StringValue") or value.get("BinaryValue", "")
            )
            for name, value in message.get("MessageAttributes", {}).items()
        },
        int(system.get("ApproximateReceiveCount", "1")),
        _sent(system.get("SentTimestamp")),
    )


def from_event(record: dict[str, Any]) -> Received:
    """Return a message out of a record of an SQS event.

    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    """
    return Received(
        record["messageId"],
        record["receiptHandle"],
        record["body"],
        {
            name: Attribute(value["dataType"], _value(value))
            for name, value in (record.get("messageAttributes") or {}).items()
        },
        int(record.get("attributes", {}).get("ApproximateReceiveCount", "1")),
        _sent(record.get("attributes", {}).get("SentTimestamp")),
    )


def _sent(timestamp: str | None) -> int | None:
    return int(timestamp) if timestamp else None


def _value(attribute: dict[str, Any]) -> str | bytes:
    if attribute.get("stringValue") is not None:
        return str(attribute["stringValue"])
    return base64.b64decode(attribute.get("binaryValue") or "")


def _readable(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode()
