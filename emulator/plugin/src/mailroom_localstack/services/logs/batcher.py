"""Gathers items for a moment and hands them over together, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Batcher[T]:
    """Delivers what is added, in order, a moment later."""

    def __init__(self, deliver: Callable[[list[T]], None], seconds: float) -> None:
        """Starts no thread until something is added.

        Args:
            deliver: takes a batch; what it raises is logged, and the batch is lost.
            seconds: how long the first item of a batch waits for others.
        """
        self._deliver = deliver
        self._seconds = seconds
        self._items: list[T] = []
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._lock = threading.Lock()

    def add(self, item: T) -> None:
        """Adds an item to the next batch."""
        with self._lock:
            self._items.append(item)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="mailroom-batcher", daemon=True
                )
                self._thread.start()

    def close(self, timeout: float | None = None) -> None:
        """Delivers what there is without further waiting.

        Args:
            timeout: seconds to wait for a delivery under way; None waits to its end.
        """
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self) -> None:
        """Lives for as long as there is something to deliver."""
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
