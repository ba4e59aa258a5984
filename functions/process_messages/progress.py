"""What the consumers of one invocation know together about their batch."""

from collections import Counter
from collections.abc import Callable
from threading import Condition

from process_messages.received import Received
from process_messages.settlement import Settlement
from shared.context import Deadline


class Progress:
    """Decides when to count in Postgres, and when the consumers stop.

    Counting costs as much as there is to count, so it happens only when the rows that the
    consumers have written may complete the batch, or when a queue has run empty: never once
    per batch of messages.

    The consumers receive in turn, and not while those that are at work may complete the batch:
    a long poll that finds nothing would outlast the batch by up to a second.
    """

    def __init__(self, batch_id: str, settlement: Settlement) -> None:
        self._batch_id = batch_id
        self._changed = Condition()
        self._known = settlement.settled
        self._in_hand = 0
        self._receiving = False
        self._stopped = False
        self.settlement = settlement
        self.failure: Exception | None = None

    def add(self, newly_settled: Counter[str]) -> bool:
        """Add what a transaction settled and tell whether it is time to count."""
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
        """Stop all consumers because of an error; the first one is kept."""
        with self._changed:
            self.failure = self.failure or error
            self._stopped = True
            self._changed.notify_all()

    def await_turn(self, deadline: Deadline) -> bool:
        """Wait until a consumer is to receive; False if it is to end instead.

        The one whose turn it is has to call `take` next.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped or not (self._receiving or self._in_good_hands()),
                max(deadline.remaining(), 0),
            )
            if self._stopped or deadline.passed():
                return False
            self._receiving = True
            return True

    def take(self, messages: list[Received]) -> None:
        """A consumer has received, and begins to process what it has."""
        with self._changed:
            self._receiving = False
            self._in_hand += self._own(messages)
            self._changed.notify_all()

    def release(self, messages: list[Received]) -> None:
        """A consumer has finished messages, or given them back."""
        with self._changed:
            self._in_hand -= self._own(messages)
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        """Tell whether the consumers are to stop."""
        return self._stopped

    def _own(self, messages: list[Received]) -> int:
        return sum(message.batch_id == self._batch_id for message in messages)

    def _in_good_hands(self) -> bool:
        """Tell whether what consumers have at work may complete the batch."""
        return self._known + self._in_hand >= self.settlement.expected
