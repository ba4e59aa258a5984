"""Which entries of a batch are refused: by the table, and by LocalStack's own checks where those
would refuse the whole batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localstack.aws.api import ServiceException
from mailroom_rules.limits import Refusal, RequestCheck

from mailroom_localstack.validation.refusals import refusal_of


def refused_entries(check: RequestCheck, request: Mapping[str, Any]) -> dict[int, Refusal]:
    """The errors for entries, by their place, from 0."""
    refused = check.refused_entries(request)
    if check.service == "sns":
        entries = enumerate(request.get("PublishBatchRequestEntries") or ())
        for index, entry in entries:
            if index not in refused and (refusal := _attributes_refusal(entry)):
                refused[index] = refusal
    return refused


def _attributes_refusal(entry: Mapping[str, Any]) -> Refusal | None:
    """LocalStack refuses the batch for the attributes of one message; SNS refuses the message.

    https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
    """
    attributes = entry.get("MessageAttributes")
    if not attributes:
        return None
    from localstack.services.sns.provider import _validate_message_attributes

    try:
        _validate_message_attributes(attributes)
    except ServiceException as refused:
        return refusal_of(refused)
    return None
