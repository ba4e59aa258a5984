"""What an event may show of a message: its CloudEvents identity and attributes, not its body."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from typing import Any

IDENTITY = ("id", "source", "type")
LONGEST = 500


def event_of(body: Any) -> dict[str, str] | None:
    """The CloudEvents `id`, `source` and `type` of a body; also of one in an SNS envelope."""
    with contextlib.suppress(ValueError, RecursionError, TypeError):
        read = json.loads(body)
        if isinstance(read, dict) and read.get("Type") == "Notification" and "TopicArn" in read:
            read = json.loads(read["Message"])
        if isinstance(read, dict):
            found = {
                name: read[name][:LONGEST] for name in IDENTITY if isinstance(read.get(name), str)
            }
            return found or None
    return None


def records_of(payload: bytes) -> tuple[str | None, list[str]]:
    """ARN of the queue or topic whose records an event has, and the records' message ids."""
    with contextlib.suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):
        records = json.loads(payload)["Records"]
        if "Sns" in records[0]:
            return records[0]["Sns"]["TopicArn"], [one["Sns"]["MessageId"] for one in records]
        return records[0].get("eventSourceARN"), [one["messageId"] for one in records]
    return None, []


def digest_of(body: Any) -> str:
    """SHA-256 of a body, by which the same body is found again in another queue."""
    return hashlib.sha256(str(body or "").encode()).hexdigest()


def texts(attributes: Any) -> dict[str, str]:
    """The string attributes of a message."""
    return {
        name: str(value["StringValue"])[:LONGEST]
        for name, value in (attributes or {}).items()
        if "StringValue" in value
    }


def decoded_receipt(receipt: str) -> str | None:
    """The message id in a receipt handle of LocalStack."""
    with contextlib.suppress(ValueError, IndexError):
        return base64.b64decode(receipt).decode().split(" ")[2]
    return None


def machine_of(execution: str | None) -> str | None:
    """ARN of an execution's state machine; of a Map's child execution too."""
    if not execution or ":execution:" not in execution:
        return execution
    machine = execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
    return machine.partition("/")[0]
