"""How many messages went along each edge of the flow, and how many go along it per second."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from mailroom.console.flow_model import DATABASE, Edge, FlowModel
from mailroom.console.stored import stored
from mailroom.environments.environment import Environment
from mailroom.errors import NoAnswer
from mailroom.observation.events import read_counters
from mailroom.workflow.ingested import count_since

# A rate is that of the last seconds.
_WINDOW = 5.0
_FRESH = 0.4
# What is counted by the kinds of both ends. A message that a function takes is counted when it is
# deleted: one that comes again would be counted twice.
_KINDS = {
    ("machine", "function"): ("invocation",),
    ("function", "function"): ("invocation",),
    ("function", "topic"): ("publish",),
    ("client", "topic"): ("publish",),
    ("topic", "queue"): ("delivery",),
    ("topic", "function"): ("delivery", "invocation"),
    ("topic", "dead-letter-queue"): ("dead",),
    ("queue", "dead-letter-queue"): ("dead",),
    ("function", "dead-letter-queue"): ("send",),
    ("function", "queue"): ("send",),
    ("queue", "function"): ("delete",),
}


@dataclass(frozen=True)
class Going:
    """What goes along an edge.

    Attributes:
        count: How many went along it since LocalStack started.
        rate: How many go along it per second, in the last five seconds.
    """

    count: int
    rate: float


class Counts:
    """The counters of one LocalStack over the last seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._epoch = ""
        self._taken: deque[tuple[float, dict[str, int]]] = deque()

    def of(self, environment: Environment, flow: FlowModel) -> dict[str, Going]:
        """What goes along each edge, by the edge's id; nothing where nothing is counted."""
        with self._lock:
            now = time.time()
            if not self._taken or now - self._taken[-1][0] > _FRESH:
                self._take(environment, flow, now)
            if not self._taken:
                return {}
            (since, before), (at, counts) = self._taken[0], self._taken[-1]
            seconds = max(at - since, 1.0)
            return {
                id: Going(count, (count - before.get(id, count)) / seconds)
                for id, count in counts.items()
            }

    def _take(self, environment: Environment, flow: FlowModel, now: float) -> None:
        try:
            document = read_counters(environment.endpoint)
        except NoAnswer:
            self._taken.clear()
            return
        if document["epoch"] != self._epoch:
            self._taken.clear()
            self._epoch = document["epoch"]
        counted: dict[tuple[str, str | None, str | None], int] = {}
        for one in document["edges"]:
            begin, end = flow.of_arn(one["from"]), flow.of_arn(one["to"])
            key = one["kind"], begin.id if begin else one["from"], end.id if end else one["to"]
            counted[key] = counted.get(key, 0) + one["count"]
        counts = {
            one.id: _count(one, flow, counted) for one in flow.edges if one.target != DATABASE
        }
        self._taken.append((now, counts | _rows(environment, flow, document["since"])))
        while len(self._taken) > 2 and now - self._taken[0][0] > _WINDOW:
            self._taken.popleft()


def _count(
    edge: Edge, flow: FlowModel, counted: dict[tuple[str, str | None, str | None], int]
) -> int:
    ends = flow.nodes[edge.source].kind, flow.nodes[edge.target].kind
    kinds = _KINDS.get(ends, ())
    return sum(counted.get((kind, edge.source, edge.target), 0) for kind in kinds)


def _rows(environment: Environment, flow: FlowModel, since: float) -> dict[str, int]:
    """The rows that came since a time, by the id of the only edge to the database.

    Of several functions it isn't known which of them wrote a row.
    """
    ways = [one.id for one in flow.edges if one.target == DATABASE]
    if len(ways) != 1:
        return {}
    count, _ = stored(environment, lambda database: count_since(database, since))
    return {} if count is None else {ways[0]: count}
