"""Pages Dead letters and Unrouted: look, redrive, and purge behind typing the count."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from mailroom.console.page import Change, Document, Page, Visit
from mailroom.console.pages.queue_pages import pretty, total
from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import (
    DEAD_LETTERS,
    UNROUTED,
    MessageFilter,
    QueuedMessage,
    QueueGroup,
)
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError, Refused

_ROWS = 50


def _listing(group: QueueGroup, path: str, command: str) -> Callable[[Visit], Document]:
    def read(visit: Visit) -> Document:
        environment = visit.environment
        queue, reason = visit.query.get("queue") or None, visit.query.get("reason") or None
        queues = group.choose(environment, queue)
        states = visit.console.measurements.now(environment).queues
        counts = {name: total(states[name]) for name in group.choose(environment)}
        known = visit.console.measurements.messages(environment, queues)
        listed, every = known is not None, known or []
        found = [one for one in every if reason in (None, one.reason)]
        start = visit.number("from", 0, 10**9)
        return {
            "called": group.called,
            "path": path,
            "command": command,
            "queue": queue,
            "reason": reason,
            "queues": counts,
            "can_list": listed,
            "reasons": dict(Counter(one.reason or "" for one in every).most_common()),
            "total": len(found) if listed else sum(counts[name] for name in queues),
            "start": start,
            "rows": _ROWS,
            "done": visit.query.get("done", ""),
            "messages": [_shown(one) for one in found[start : start + _ROWS]],
        }

    return read


def _shown(message: QueuedMessage) -> dict[str, Any]:
    return {**message.document(), "pretty": pretty(message.body)}


def _receiving(group: QueueGroup, path: str) -> Callable[[Visit], Response]:
    def make(visit: Visit) -> Response:
        queues = group.choose(visit.environment, visit.text("queue") or None)
        visit.console.measurements.receive(visit.environment, queues)
        return _back(path, visit)

    return make


def _redriving(group: QueueGroup, path: str) -> Callable[[Visit], Response]:
    def make(visit: Visit) -> Response:
        from mailroom.dead_letters.redrive import redrive

        environment, matches = visit.environment, _matches(visit)
        sent = 0
        for queue in group.choose(environment, visit.text("queue") or None):
            count = redrive(environment, queue, matches)
            source = environment.topology.source_of(queue)
            if count and source:
                # As the command does after a redrive, but without making the browser wait.
                threading.Thread(target=_consume, args=(environment, source), daemon=True).start()
            sent += count
        return _back(path, visit, f"{sent} sent back")

    return make


def _consume(environment: Environment, queue: str) -> None:
    from mailroom.dead_letters.consumption import consume

    # The messages stay in their queue, where the pages show them.
    with suppress(MailroomError):
        consume(environment, queue)


def _purging(group: QueueGroup, path: str) -> Callable[[Visit], Response]:
    def make(visit: Visit) -> Response:
        from mailroom.dead_letters.copying import purge

        environment, matches = visit.environment, _matches(visit)
        queues = group.choose(environment, visit.text("queue") or None)
        count = len(list_messages(environment, queues, matches))
        if visit.text("count") != str(count):
            raise Refused(
                f"{count} {group.called} would be deleted, and the number typed is another",
                "nothing was deleted: go back, look again, and type the number of now",
            )
        name = f"{group.called.replace(' ', '-')}-{datetime.now(UTC):%Y%m%dT%H%M%S}.jsonl"
        file = visit.console.project.state / name
        deleted = purge(environment, queues, matches, file)
        return _back(path, visit, f"{deleted} deleted; they are in {file}")

    return make


def _matches(visit: Visit) -> MessageFilter:
    id = visit.text("id")
    return MessageFilter(frozenset([id] if id else []), visit.text("reason") or None)


def _back(path: str, visit: Visit, done: str = "") -> Response:
    if done:
        visit.console.measurements.forget()
    fields = {"queue": visit.text("queue"), "done": done}
    query = urlencode({name: value for name, value in fields.items() if value})
    return RedirectResponse(f"{path}?{query}", status_code=303)


_DEAD, _UNROUTED = "/dead-letters", "/unrouted"
PAGES = [
    Page(_DEAD, "dead_letters.html", _listing(DEAD_LETTERS, _DEAD, "dead-letters"), live=True),
    Page(_UNROUTED, "dead_letters.html", _listing(UNROUTED, _UNROUTED, "unrouted"), live=True),
]
CHANGES = [
    Change(f"{_DEAD}/receive", _receiving(DEAD_LETTERS, _DEAD)),
    Change(f"{_UNROUTED}/receive", _receiving(UNROUTED, _UNROUTED)),
    Change(f"{_DEAD}/redrive", _redriving(DEAD_LETTERS, _DEAD)),
    Change(f"{_DEAD}/purge", _purging(DEAD_LETTERS, _DEAD)),
    Change(f"{_UNROUTED}/redrive", _redriving(UNROUTED, _UNROUTED)),
    Change(f"{_UNROUTED}/purge", _purging(UNROUTED, _UNROUTED)),
]
