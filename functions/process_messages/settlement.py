"""How much of a batch is settled: counted in Postgres, and shared by an invocation's consumers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any

from process_messages import statements
from process_messages.database import Connection
from process_messages.received import Received
from process_messages.request import SettleRequest
from shared.context import Deadline


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
    """Decides when the consumers receive, when they count in Postgres, and when they stop.

    The cost of counting grows with the batch. So the consumers count only when the rows that they
    have written may complete the batch, or when the queue is empty: never once per receive call.

    One consumer receives at a time, and none while the messages that others process may complete
    the batch: a long poll that finds nothing would outlast the batch by up to a second.
    """

    def __init__(self, batch_id: str, settlement: Settlement) -> None:
        self._batch_id = batch_id
        self._changed = Condition()
        self._known = settlement.settled
        self._processing = 0
        self._receiving = False
        self._stopped = False
        self.settlement = settlement
        self.failure: Exception | None = None

    def add(self, newly_settled: Counter[str]) -> bool:
        """Add what a transaction settled and return whether it is time to count."""
        with self._changed:
            self._known += newly_settled[self._batch_id]
            return self._known >= self.settlement.expected and not self.stopped

    def count(self, count: Callable[[], Settlement]) -> None:
        """Count, and stop all consumers if the batch is settled or overdue."""
        settlement = count()
        with self._changed:
            if settlement.settled >= self.settlement.settled:
                self.settlement = settlement
            self._known = settlement.settled
            self._stopped = self._stopped or settlement.complete or settlement.overdue
            self._changed.notify_all()

    def fail(self, error: Exception) -> None:
        """Stop all consumers because of an error; the first error is kept."""
        with self._changed:
            self.failure = self.failure or error
            self._stopped = True
            self._changed.notify_all()

    def await_turn(self, deadline: Deadline) -> bool:
        """Wait until the consumer is to receive, and return True; False if it is to end.

        After True the consumer must call `take`.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped or not (self._receiving or self._may_complete()),
                max(deadline.remaining(), 0),
            )
            if self._stopped or deadline.passed():
                return False
            self._receiving = True
            return True

    def take(self, messages: list[Received]) -> None:
        """Note that a consumer has received messages and begins to process them."""
        with self._changed:
            self._receiving = False
            self._processing += self._own(messages)
            self._changed.notify_all()

    def release(self, messages: list[Received]) -> None:
        """Note that a consumer has finished messages or made them visible again."""
        with self._changed:
            self._processing -= self._own(messages)
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Whether the consumers are to stop."""
        return self._stopped

    def _own(self, messages: list[Received]) -> int:
        return sum(message.batch_id == self._batch_id for message in messages)

    def _may_complete(self) -> bool:
        """Whether the messages that consumers process may complete the batch."""
        return self._known + self._processing >= self.settlement.expected
