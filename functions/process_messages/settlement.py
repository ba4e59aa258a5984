"""Counts in Postgres how much of a batch is settled."""

from dataclasses import dataclass
from typing import Any

from process_messages import statements
from process_messages.database import Connection
from process_messages.request import SettleRequest


@dataclass(frozen=True)
class Settlement:
    """How the messages of one batch and type ended so far."""

    expected: int
    settled: int
    ingested: int
    dead_lettered: int
    already_there: int
    overdue: bool

    @property
    def complete(self) -> bool:
        """Tell whether every message has ended."""
        return self.settled >= self.expected

    def answer(self) -> dict[str, Any]:
        """Return the function's answer to the state machine."""
        unsettled = "late" if self.overdue else "pending"
        return {
            "status": "settled" if self.complete else unsettled,
            "expected": self.expected,
            "settled": self.settled,
            "ingested": self.ingested,
            "deadLettered": self.dead_lettered,
            "alreadyThere": self.already_there,
        }


def count(connection: Connection, request: SettleRequest, limit_seconds: int) -> Settlement:
    """Return the settlement of a request's batch; whether it is overdue says Postgres' clock."""
    row: Any = connection.execute(
        statements.COUNT,
        {
            "batch_id": request.batch_id,
            "type": request.type,
            "started_at": request.started_at,
            "limit": limit_seconds,
        },
    ).fetchone()
    return Settlement(request.expected, *row)
