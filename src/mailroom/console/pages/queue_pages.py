"""Pages Queues, and one queue: what is in it, none of it received."""

import json
from typing import Any

from mailroom.console.page import Document, Page, Visit
from mailroom.errors import Refused
from mailroom.workflow.queues import QueueState, peek

_ROWS = 50


def overview(visit: Visit) -> Document:
    """Every queue with its depth, those with dead letters first."""
    environment = visit.environment
    measurement = visit.console.measurements.now(environment)
    dead = set(environment.topology.dead_letter_queues)
    rows = [
        {
            **_state(state, measurement.at),
            "dead": name in dead,
            "bad": name in dead and total(state),
        }
        for name, state in measurement.queues.items()
    ]
    return {"queues": sorted(rows, key=lambda row: not row["bad"])}


def one_queue(visit: Visit) -> Document:
    """A queue's messages, the oldest first."""
    environment, name = visit.environment, visit.path["name"]
    queue = environment.topology.queue(name)
    measurement = visit.console.measurements.now(environment)
    start = visit.number("from", 0, 10**9)
    listed = None if environment.in_account else peek(environment, name)
    return {
        "queue": _state(measurement.queues[name], measurement.at),
        "url": queue.url,
        "dead": name in environment.topology.dead_letter_queues,
        "source": environment.topology.source_of(name),
        "total": len(listed or ()),
        "start": start,
        "rows": _ROWS,
        "can_list": listed is not None,
        "messages": [_shown(one) for one in (listed or [])[start : start + _ROWS]],
        "endpoint": environment.endpoint,
    }


def series(visit: Visit) -> Document:
    """The depths of the last ten minutes, for a plot: of one queue, or of all."""
    visit.console.measurements.now(visit.environment)
    taken = visit.console.measurements.series()
    only = visit.query.get("queue")
    names = list(taken[-1].queues) if taken else []
    if only and only not in names:
        raise Refused(f"there is no queue {only!r}")
    if only:
        states = [one.queues.get(only) for one in taken]
        return {
            "times": [round(one.at, 1) for one in taken],
            "series": {
                "waiting": [state.depth if state else None for state in states],
                "in flight": [state.in_flight if state else None for state in states],
            },
        }
    return {
        "times": [round(one.at, 1) for one in taken],
        "series": {
            name: [total(one.queues[name]) if name in one.queues else None for one in taken]
            for name in names
        },
    }


def total(state: QueueState) -> int:
    """A queue's messages, those in flight included."""
    return state.depth + state.in_flight


def oldest_sent(state: QueueState, at: float) -> float | None:
    """When a queue's oldest message was sent, by when its state was measured."""
    return None if state.oldest_age is None else round(at - state.oldest_age, 1)


def pretty(text: str) -> str:
    """JSON with indentation; another text as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _state(state: QueueState, at: float) -> dict[str, Any]:
    return {
        "name": state.name,
        "depth": state.depth,
        "in_flight": state.in_flight,
        "oldest": oldest_sent(state, at),
    }


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "pretty": pretty(message["body"])}


PAGES = [
    Page("/queues", "queues.html", overview, live=True),
    Page("/queues/series", "", series),
    Page("/queues/{name}", "queue.html", one_queue, live=True),
]
