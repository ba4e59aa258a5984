"""A call that has ended, as what it did is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mailroom_localstack.observation.marks import Mark
from mailroom_localstack.observation.ring import RING, Event, Make
from mailroom_localstack.service_call import ServiceCall


@dataclass(slots=True)
class Call:
    """A call that has ended.

    Attributes:
        at: when it began, in seconds since 1970.
        caller: the caller's ARN, or a service's name; None if LocalStack called for itself.
        source: `client`, or ARN of the function or resource that calls.
        invocation: request id of the invocation in which the function calls.
        trace: its X-Ray header.
    """

    context: ServiceCall
    service: str
    at: float
    status: int
    mark: Mark
    trace: str | None
    caller: str | None
    source: str | None
    invocation: str | None

    def about(self) -> Event:
        """The fields of the events that the call made."""
        return {"source": self.source, "invocation": self.invocation, "trace": self.trace}

    def add(self, make: Make, count: int, weight: int = 0) -> None:
        """Record events of the call."""
        RING.add(make, count=count, at=self.at, weight=weight)


def queue_arn(context: ServiceCall, url: str) -> str:
    """ARN of the queue with a URL."""
    account, _, name = url.rstrip("/").rpartition("/")
    account = account.rpartition("/")[2]
    account = account if account.isdigit() else context.account_id
    return f"arn:{context.partition}:sqs:{context.region}:{account}:{name}"


def queued_ids(params: Any, result: Any) -> list[str | None]:
    """Message ids that SQS gave, in the order of the request; None for a refused entry."""
    if "Entries" not in params:
        return [result.get("MessageId")]
    ids = {one["Id"]: one["MessageId"] for one in result.get("Successful") or ()}
    return [ids.get(one["Id"]) for one in params["Entries"]]
