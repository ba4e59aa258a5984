"""What the current thread works on, which LocalStack hands from one service to the next.

Calls between services run in the thread of the caller (`IN_MEMORY_CLIENT`).
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MOST_ENVIRONMENTS = 1_000
TRACE_HEADER = "X-Amzn-Trace-Id"
LINEAGE = re.compile(r";?Lineage=[^;]*")


@dataclass(slots=True)
class Delivery:
    """Messages that SNS delivers to one subscription.

    Attributes:
        ids: the messages' ids in SNS.
        subscription: its attributes, as LocalStack keeps them.
        undelivered: the ids that the endpoint has not taken, and that go to a dead-letter queue.
    """

    ids: list[str]
    subscription: dict[str, Any]
    undelivered: list[str] = field(default_factory=list)


class Current(threading.local):
    """The current thread's work.

    Attributes:
        delivery: the delivery of SNS.
        received: what queues gave to a ReceiveMessage that has not ended yet.
        moving: ARN of the dead-letter queue whose messages a move task sends back.
        execution: ARN of the execution whose state calls a service.
        trace: the X-Ray header that calls between services carry.
    """

    delivery: Delivery | None = None
    received: list[tuple[str, Any]] | None = None
    moving: str | None = None
    execution: str | None = None
    trace: str | None = None


CURRENT = Current()


def without_lineage(header: str) -> str:
    """An X-Ray header without the functions that were invoked in its chain.

    Lambda's detection of loops follows a chain through some services only.
    """
    return LINEAGE.sub("", header)


@contextlib.contextmanager
def working(**work: Any) -> Iterator[None]:
    """Set attributes of `CURRENT`, and restore them at the end."""
    before = {name: getattr(CURRENT, name) for name in work}
    try:
        for name, value in work.items():
            setattr(CURRENT, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(CURRENT, name, value)


@dataclass(slots=True)
class Running:
    """An execution environment: its function, and the request id of its last invocation."""

    function: str
    request_id: str | None = None


class Environments:
    """Execution environments by the access key that their functions sign with."""

    def __init__(self) -> None:
        """Start empty."""
        self._by_key: OrderedDict[str, Running] = OrderedDict()

    def add(self, access_key: str, function: str) -> Running:
        """A new execution environment."""
        self._by_key[access_key] = running = Running(function)
        while len(self._by_key) > MOST_ENVIRONMENTS:
            self._by_key.popitem(last=False)
        return running

    def of_header(self, authorization: str | None) -> Running | None:
        """The execution environment that has signed a request."""
        _, _, scope = (authorization or "").partition("Credential=")
        return self._by_key.get(scope.partition("/")[0]) if scope else None


ENVIRONMENTS = Environments()
