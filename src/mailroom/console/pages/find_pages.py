"""Page A message: find it, and follow its way from its batch to its row or its dead letter."""

from typing import Any

from mailroom.console.page import Document, Page, Visit
from mailroom.tracing.steps import Message, Step, Way
from mailroom.tracing.way import Tracer

_MOST = 50
# Details that have a place of their own.
_SHOWN = ("log", "statement")
_MARKS = {
    "ingested": "succeeded",
    "settled": "succeeded",
    "resolved": "succeeded",
    "not-delivered": "aborted",
    "waiting": "running",
    "received": "running",
}


def find(visit: Visit) -> Document:
    """The messages with an id, source, subject or word; the way of the only one."""
    word = visit.query.get("q", "").strip()
    source = visit.query.get("source")
    if not word:
        return {"q": "", "found": [], "missing": [], "way": None, "steps": []}
    tracer = Tracer(visit.environment)
    missing: list[str] = []
    found = tracer.find(word, _MOST, missing)
    if source:
        found = [one for one in found if one.source == source]
    way = tracer.follow(found[0]) if len(found) == 1 else None
    return {
        "q": word,
        "found": [_shown(one) for one in found],
        "missing": missing,
        "way": way.document() if way else None,
        "steps": _steps(way) if way else [],
    }


def _shown(message: Message) -> dict[str, Any]:
    ids = sorted(message.message_ids)
    return {
        "q": message.id or next(iter(ids), ""),
        "id": message.id,
        "source": message.source,
        "type": message.type,
        "subject": message.subject,
        "batch": message.batch,
        "message_ids": ids,
    }


def _steps(way: Way) -> list[dict[str, Any]]:
    """Each step with the seconds since the one before, its mark, and its other details."""
    shown = []
    before: float | None = None
    for step in way.steps:
        since = step.at - before if step.at is not None and before is not None else None
        before = step.at if step.at is not None else before
        own = {name: step.details.get(name) for name in _SHOWN}
        others = {name: step.details[name] for name in step.details if name not in _SHOWN}
        known = {"since": since, "mark": _mark(step), "others": others}
        shown.append({**step.document(), **own, **known})
    return shown


def _mark(step: Step) -> str:
    return "failed" if step.failed else _MARKS.get(step.kind, "")


PAGES = [Page("/find", "find.html", find, live=True)]
