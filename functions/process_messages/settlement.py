"""How much of a batch is settled: counted in Postgres, and shared by an invocation's consumers."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from threading import Condition
from typing import Any, LiteralString

from psycopg import errors

from process_messages import statements
from process_messages.database import Connection
from process_messages.received import Received
from process_messages.request import SettleRequest
from shared.context import Deadline

# Longer than this no queue keeps a message, unless its type says otherwise.
_LONGEST_SECONDS = 604_800
_SLOWEST_PER_SECOND = 100
# A fifth of an execution's 25,000 events is for its other states and for retries. A round of a
# type's loop has nine: five of its Task, two each of its Choice and its Wait.
_ROUNDS = 20_000 // 9
# A consuming invocation ends when its time runs short.
_CONSUMING_SECONDS = 50
_GROWTH = 100


@dataclass(frozen=True)
class Patience:
    """How long an execution waits for its batch, and for how long at a time.

    `types` loops write into one history of at most 25,000 events. So an execution whose functions
    consume has an end, and one that only waits does so for longer the longer it has waited.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    """

    limit_seconds: int
    types: int
    consumes: bool

    def limit(self, expected: int) -> int:
        """Return after how many seconds a batch of so many messages is overdue."""
        rounds = _ROUNDS // self.types
        longest = rounds * _CONSUMING_SECONDS if self.consumes else _LONGEST_SECONDS
        return min(self.limit_seconds + expected // _SLOWEST_PER_SECOND, longest)

    def wait(self, settled: int, expected: int, elapsed: float) -> int:
        """Return for how many seconds to wait before the batch is asked for again.

        A tenth of what it will take at the rate so far, from 1 to 60 s; but never so little that
        an execution of any length could fill its history.
        """
        if self.consumes:
            return 1
        left = elapsed * (expected - settled) / settled if settled else elapsed
        return ceil(max(1.0, min(left / 10, 60.0), elapsed * self.types / _GROWTH))


@dataclass(frozen=True)
class Settlement:
    """How many messages of one batch and type have which outcome, and when to ask again."""

    expected: int
    settled: int
    ingested: int
    dead_lettered: int
    already_there: int
    overdue: bool
    wait_seconds: int = 1

    @property
    def complete(self) -> bool:
        """Whether every message is settled."""
        return self.settled >= self.expected

    def answer(self) -> dict[str, Any]:
        """Return the function's answer to the state machine."""
        answer = {
            "status": "settled" if self.complete else "late" if self.overdue else "pending",
            "expected": self.expected,
            "settled": self.settled,
            "ingested": self.ingested,
            "deadLettered": self.dead_lettered,
            "alreadyThere": self.already_there,
        }
        pending = answer["status"] == "pending"
        return answer | {"waitSeconds": self.wait_seconds} if pending else answer


def count(connection: Connection, request: SettleRequest, patience: Patience) -> Settlement:
    """Return the settlement of a request's batch; Postgres' clock decides whether it is overdue.

    The transactions that settle keep count. Before a batch is said to be late its rows are counted,
    as functions of a release that kept no count may have written some.
    """
    known = _read(connection, statements.PROGRESS, request, patience)
    if known.complete or not known.overdue:
        return known
    try:
        return _read(connection, statements.COUNT, request, patience)
    except errors.QueryCanceled:
        return known  # more rows than can be counted within a statement's time


def _read(
    connection: Connection, statement: LiteralString, request: SettleRequest, patience: Patience
) -> Settlement:
    parameters = {
        "batch_id": request.batch_id,
        "type": request.type,
        "started_at": request.started_at,
    }
    row: Any = connection.execute(statement, parameters).fetchone()
    ingested, dead, there, elapsed = row
    settled, expected = ingested + dead + there, request.expected
    overdue = elapsed > patience.limit(expected)
    wait = patience.wait(settled, expected, max(elapsed, 0.0))
    return Settlement(expected, settled, ingested, dead, there, overdue, wait)


class Progress:
    """Decides when the consumers receive, when they count in Postgres, and when they stop.

    The consumers count only when the rows that they have written may complete the batch, or when
    the queue is empty: never once per receive call.

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
