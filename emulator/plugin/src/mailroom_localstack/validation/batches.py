"""Batches whose entries are refused one by one.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html
https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom_rules.limits import Refusal

from mailroom_localstack.validation.answers import answer

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

ATTRIBUTE = "mailroom_refused_entries"


@dataclass(frozen=True, slots=True)
class RefusedEntries:
    """Entries that the service doesn't see.

    Attributes:
        batch: name of the list that they were in.
        entries: all entries of the request.
        refusals: why each is refused, by its place.
    """

    batch: str
    entries: list[dict[str, Any]]
    refusals: Mapping[int, Refusal]


def refuse_entries(
    chain: Any, context: ServiceCall, response: Any, refused: RefusedEntries
) -> None:
    """Take them out of the request; the answer names them, at once if no entry is left."""
    setattr(context, ATTRIBUTE, refused)
    left = [entry for index, entry in enumerate(refused.entries) if index not in refused.refusals]
    if left:
        context.service_request[refused.batch] = left
        return
    context.service_response = {}
    answer_for_entries(chain, context, response)
    chain.stop()


def answer_for_entries(chain: object, context: Any, response: Any) -> None:
    """Add the refused entries to the service's answer."""
    refused: RefusedEntries | None = getattr(context, ATTRIBUTE, None)
    if refused is None or context.service_response is None:
        return
    delattr(context, ATTRIBUTE)
    result = context.service_response
    if context.service.service_name == "events":
        _add_in_place(result, refused)
    else:
        result["Failed"] = [*(result.get("Failed") or []), *_failed(refused)]
    answer(context, response, result)


def _failed(refused: RefusedEntries) -> list[dict[str, Any]]:
    return [
        {
            "Id": refused.entries[index]["Id"],
            "Code": refusal.code.removesuffix("Exception"),
            "Message": refusal.message,
            "SenderFault": True,
        }
        for index, refusal in refused.refusals.items()
    ]


def _add_in_place(result: dict[str, Any], refused: RefusedEntries) -> None:
    """PutEvents answers in the order of the entries."""
    others = iter(result.get("Entries") or [])
    result["Entries"] = [
        {"ErrorCode": refusal.code, "ErrorMessage": refusal.message}
        if (refusal := refused.refusals.get(index))
        else next(others)
        for index in range(len(refused.entries))
    ]
    result["FailedEntryCount"] = (result.get("FailedEntryCount") or 0) + len(refused.refusals)
