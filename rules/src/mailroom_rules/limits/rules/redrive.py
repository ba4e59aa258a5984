"""SQS's redrive policies.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
"""

import json
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request

MOST_RECEIVES = 1_000
MOST_SOURCES = 10


def redrive_policy(policy: str, request: Request) -> Refusal | None:
    """The error for a redrive policy; an empty one takes the policy away."""
    if not policy:
        return None
    try:
        read = json.loads(policy)
    except ValueError:
        read = None
    if not isinstance(read, dict):
        return _invalid(policy, "Redrive policy is not a valid JSON map.")
    if not read:
        return None
    if reason := _receives(read.get("maxReceiveCount")):
        return _invalid(policy, reason)
    name = str(request.get("QueueName") or request.get("QueueUrl") or "")
    target = str(read.get("deadLetterTargetArn"))
    if target.endswith(".fifo") != name.endswith(".fifo"):
        return _invalid(policy, "Dead letter target must be same type of queue as the source.")
    return None


def redrive_allow_policy(policy: str, _request: Request) -> Refusal | None:
    """The error for a redrive allow policy; an empty one takes the policy away."""
    try:
        read = json.loads(policy or "{}")
        permission, sources = read.get("redrivePermission"), read.get("sourceQueueArns")
    except (ValueError, AttributeError):
        permission, sources, read = None, None, None
    is_by_queue = permission == "byQueue" and isinstance(sources, list)
    if read == {} or (permission in ("allowAll", "denyAll") and sources in (None, [])):
        return None
    if is_by_queue and 1 <= len(sources or ()) <= MOST_SOURCES:
        return None
    return Refusal(
        "InvalidParameterValueException",
        f"Value {policy} for parameter RedriveAllowPolicy is invalid.",
    )


def _receives(count: Any) -> str | None:
    if count is None:
        return "Redrive policy does not contain mandatory attribute: maxReceiveCount."
    text = str(count)
    if text.isdecimal() and 1 <= int(text) <= MOST_RECEIVES:
        return None
    return (
        f"Invalid value for maxReceiveCount: {count}, valid values are from 1 to {MOST_RECEIVES}"
        " both inclusive."
    )


def _invalid(policy: str, reason: str) -> Refusal:
    return Refusal(
        "InvalidParameterValueException",
        f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}",
    )
