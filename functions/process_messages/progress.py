"""What the consumers of one invocation know together about their batch."""

from collections import Counter
from collections.abc import Callable
from threading import Event, Lock

from process_messages.settlement import Settlement


class Progress:
    """Decides when to count in Postgres, and when the consumers stop.

    Counting costs as much as there is to count, so it happens only when the rows that the
    consumers have written may complete the batch, or when a queue has run empty: never once
    per batch of messages.
    """

    def __init__(self, batch_id: str, settlement: Settlement) -> None:
        self._batch_id = batch_id
        self._lock = Lock()
        self._known = settlement.settled
        self._stopped = Event()
        self.settlement = settlement
        self.failure: Exception | None = None

    def add(self, newly_settled: Counter[str]) -> bool:
        """Add what a transaction settled and tell whether it is time to count."""
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
        """Stop all consumers because of an error; the first one is kept."""
        with self._lock:
            self.failure = self.failure or error
        self._stopped.set()

    def wait(self, seconds: float) -> None:
        """Wait, but not longer than until the consumers stop."""
        self._stopped.wait(seconds)

    @property
    def stopped(self) -> bool:
        """Tell whether the consumers are to stop."""
        return self._stopped.is_set()
