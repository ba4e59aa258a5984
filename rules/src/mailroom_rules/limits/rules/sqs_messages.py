"""SQS: messages that are sent, and how they are received."""

from collections.abc import Mapping
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.numbers import uncastable
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule

API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
METADATA = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/"
    "sqs-message-metadata.html"
)
MOST_ATTRIBUTES = 10


def _between(name: str, least: int, most: int, reason: str) -> Refuse:
    def refuse(value: Any, _request: Request) -> Refusal | None:
        if not isinstance(value, int) or least <= value <= most:
            return None
        return _invalid(f"Value {value} for parameter {name} is invalid. Reason: {reason}")

    return refuse


def _attributes(attributes: Mapping[str, Mapping[str, Any]], _request: Request) -> Refusal | None:
    if len(attributes) > MOST_ATTRIBUTES:
        return _invalid(
            f"Number of message attributes [{len(attributes)}] exceeds the allowed maximum"
            f" [{MOST_ATTRIBUTES}]."
        )
    if any(".." in name for name in attributes):
        return _invalid("Message attribute name can not have successive '.' character.")
    for name, attribute in attributes.items():
        is_binary = str(attribute.get("DataType") or "").partition(".")[0] == "Binary"
        if is_binary and attribute.get("BinaryValue") is None:
            return _invalid(
                f"The message attribute '{name}' with type 'Binary' must use field 'Binary'."
            )
    if number := uncastable(attributes):
        return _invalid(f"Can't cast the value of message (user) attribute '{number}' to a number.")
    return None


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)


_DELAY = _between("DelaySeconds", 0, 900, "DelaySeconds must be >= 0 and <= 900.")
_VISIBILITY = _between("VisibilityTimeout", 0, 43_200, "Must be between 0 and 43200, if provided.")
_RECEIVES = _between("MaxNumberOfMessages", 1, 10, "Must be between 1 and 10, if provided.")
_ATTRIBUTES = (
    "a message has ten attributes at most, no name with two dots side by side, and numbers and"
    " bytes where they are called so"
)

RULES = tuple(
    Rule("sqs", (operation,), f"{prefix}{member}", says, page, refuse)
    for member, single, batch, says, page, refuse in (
        (
            "DelaySeconds",
            "SendMessage",
            "SendMessageBatch",
            "a message is delayed for 900 seconds at most",
            f"{API}API_SendMessage.html",
            _DELAY,
        ),
        (
            "MessageAttributes",
            "SendMessage",
            "SendMessageBatch",
            _ATTRIBUTES,
            METADATA,
            _attributes,
        ),
        (
            "VisibilityTimeout",
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "a message is hidden for 43,200 seconds at most",
            f"{API}API_ChangeMessageVisibility.html",
            _VISIBILITY,
        ),
        (
            "VisibilityTimeout",
            "ReceiveMessage",
            "",
            "a message is hidden for 43,200 seconds at most",
            f"{API}API_ReceiveMessage.html",
            _VISIBILITY,
        ),
        (
            "MaxNumberOfMessages",
            "ReceiveMessage",
            "",
            "1 to 10 messages are received at a time",
            f"{API}API_ReceiveMessage.html",
            _RECEIVES,
        ),
    )
    for operation, prefix in ((single, ""), (batch, "Entries[]."))
    if operation
)
