"""How much of a batch is settled: counted in Postgres, and shared by an invocation's consumers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from process_messages import statements
from process_messages.database import Connection
from process_messages.request import SettleRequest


@dataclass(frozen=True)
class Settlement:
    """How many messages of one batch and type have which outcome."""

    expected: int
    settled: int
    ingested: int
    dead_lettered: int
    already_there: int
    overdue: bool

    @property
    def complete(self) -> bool:
        """Whether every message is settled."""
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
    """Return the settlement of a request's batch; Postgres' clock decides whether it is overdue."""
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


class Progress:
    """Decides when the consumers count in Postgres, and when they stop.

    The cost of counting grows with the batch. So the consumers count only when the rows that they
    have written may complete the batch, or when the queue is empty: never once per receive call.
    """

    def __init__(self, batch_id: str, settlement: Settlement) -> None:
        self._batch_id = batch_id
        self._lock = Lock()
        self._known = settlement.settled
        self._stopped = Event()
        self.settlement = settlement
        self.failure: Exception | None = None

    def add(self, newly_settled: Counter[str]) -> bool:
        """Add what a transaction settled and return whether it is time to count."""
        with self._lock:
            self._known += newly_settled[self._batch_id]
            return self._known >= self.settlement.expected and not self.stopped

    def count(self, count: Callable[[], Settlement]) -> None:
        """Count, and stop all consumers if the batch is settled or overdue."""
        settlement = count()
        with self._lock:
            if settlement.settled >= self.settlement.settled:
                self.settlement = settlement
            self._known = settlement.settled
        if settlement.complete or settlement.overdue:
            self._stopped.set()

    def fail(self, error: Exception) -> None:
        """Stop all consumers because of an error; the first error is kept."""
        with self._lock:
            self.failure = self.failure or error
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Wait for some seconds, or until the consumers stop."""
        self._stopped.wait(seconds)

    @property
    def stopped(self) -> bool:
        """Whether the consumers are to stop."""
        return self._stopped.is_set()
