"""Counts of what went along each edge of the flow since LocalStack started."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

MOST_EDGES = 2_000
# What happens at the end of its edge: a message arrives. The rest happens where its edge begins.
ARRIVES = {"publish", "delivery", "send", "redrive", "invocation", "invocation-error", "refused"}

type Edge = tuple[str, str | None, str | None]


class Counters:
    """Counts by kind of event and by edge; safe to use from several threads."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self.since = time.time()
        self._edges: Counter[Edge] = Counter()
        self._lock = threading.Lock()

    def add(self, kind: str, begin: str | None, end: str | None, count: int = 1) -> None:
        """Count events.

        Args:
            kind: as in the events.
            begin: ARN of where the edge begins, or `client`.
            end: ARN of where it ends.
            count: how many.
        """
        edge = (kind, begin, end)
        with self._lock:
            if edge in self._edges or len(self._edges) < MOST_EDGES:
                self._edges[edge] += count

    def as_json(self) -> dict[str, Any]:
        """`since`, `at`, `edges` and `nodes`, for JSON."""
        with self._lock:
            edges = list(self._edges.items())
        nodes: dict[str, Counter[str]] = {}
        for (kind, begin, end), count in edges:
            node = end if kind in ARRIVES else begin
            nodes.setdefault(node or "unknown", Counter())[kind] += count
        return {
            "since": self.since,
            "at": time.time(),
            "edges": [
                {"kind": kind, "from": begin, "to": end, "count": count}
                for (kind, begin, end), count in edges
            ],
            "nodes": nodes,
        }


COUNTERS = Counters()
