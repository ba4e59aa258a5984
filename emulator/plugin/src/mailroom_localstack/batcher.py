"""Collects items for a moment and delivers them together, in a thread.

LocalStack's `AsyncBatcher` has a thread for as long as it isn't closed, which wakes at each
interval, and loses what is added while its last batch is delivered.
"""

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Batcher[T]:
    """Delivers items in the order in which they were added, a moment later."""

    def __init__(self, deliver: Callable[[list[T]], None], seconds: float) -> None:
        """Start no thread until an item is added.

        Args:
            deliver: is given a batch; an error that it raises is logged, and the batch is lost.
            seconds: how long the first item of a batch waits for others.
        """
        self._deliver = deliver
        self._seconds = seconds
        self._items: list[T] = []
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def add(self, item: T) -> None:
        """Add an item to the next batch."""
        with self._lock:
            self._items.append(item)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="mailroom-batcher", daemon=True
                )
                self._thread.start()

    def close(self, timeout: float | None = None) -> None:
        """Deliver what there is at once.

        Args:
            timeout: seconds to wait for the delivery; None waits until it ends.
        """
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        """Deliver batches until there is nothing to deliver."""
        while True:
            self._closed.wait(self._seconds)
            with self._lock:
                batch, self._items = self._items, []
                if not batch:
                    self._thread = None
                    return
            try:
                self._deliver(batch)
            except Exception:
                LOG.warning("Could not deliver %d items", len(batch), exc_info=True)
