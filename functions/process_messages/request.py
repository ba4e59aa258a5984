"""The two inputs of ProcessMessagesFunction."""

from dataclasses import dataclass
from typing import Any

from messages.cloudevents.timestamp import utc
from messages.types import message_types
from shared.errors import InvalidInput


@dataclass(frozen=True)
class SettleRequest:
    """A request of the state machine to settle a batch's messages of one type.

    Attributes:
        limit_seconds: After how many seconds the batch is overdue, if not as the settings have it.
        consumers: Concurrent consumers of the queue, if not as the settings have it.
    """

    type: str
    batch_id: str
    expected: int
    started_at: str
    limit_seconds: int | None = None
    consumers: int | None = None


@dataclass(frozen=True)
class IngestRequest:
    """An SQS event of an event source mapping."""

    event: dict[str, Any]


def parse(event: Any) -> SettleRequest | IngestRequest:
    """Return the request that the function was invoked with.

    Raises:
        InvalidInput: when the input has neither shape; the error names the field.
    """
    if not isinstance(event, dict):
        raise InvalidInput("event: an object is required")
    if "Records" in event:
        if not isinstance(event["Records"], list):
            raise InvalidInput("Records: a list is required")
        return IngestRequest(event)
    return _settle_request(event)


def _settle_request(event: dict[str, Any]) -> SettleRequest:
    message_type, batch_id, expected = (
        event.get("type"),
        event.get("batchId"),
        event.get("expected"),
    )
    if not isinstance(message_type, str) or message_type not in message_types():
        raise InvalidInput(f"type: one of {', '.join(message_types())} is required")
    if not isinstance(batch_id, str) or not batch_id or "\0" in batch_id:
        raise InvalidInput("batchId: an execution's name is required")
    if not isinstance(expected, int) or isinstance(expected, bool) or expected < 0:
        raise InvalidInput("expected: a whole number is required")
    try:
        started_at = utc(event.get("startedAt") or "").isoformat()
    except (TypeError, ValueError):
        raise InvalidInput("startedAt: the time when processing began is required") from None
    limit, consumers = _positive(event, "limitSeconds"), _positive(event, "consumers")
    return SettleRequest(message_type, batch_id, expected, started_at, limit, consumers)


def _positive(event: dict[str, Any], key: str) -> int | None:
    given = event.get(key)
    if given is not None and (not isinstance(given, int) or isinstance(given, bool) or given < 1):
        raise InvalidInput(f"{key}: a whole number above 0 is required")
    return given
