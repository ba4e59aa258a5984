"""Page Messages: the rows in Postgres, as they come in."""

import json
from datetime import UTC, datetime
from typing import Any

from mailroom.console.page import Document, Page, Visit
from mailroom.errors import Refused
from mailroom.workflow.ingested import Filter, count_ingested, ingested_messages

_ROWS, _MOST = 50, 1000
_MOST_TEXT = 200


def messages(visit: Visit) -> Document:
    """The newest rows of a type, a batch and a time, and the number of rows of each type."""
    environment = visit.environment
    database = environment.message_database
    if not environment.is_workflow:
        raise Refused("this application has no messages of the message workflow")
    if not database:
        raise Refused("the database of an account can't be reached from here")
    limit = visit.number("limit", _ROWS, _MOST)
    selected = Filter(
        visit.query.get("type") or None,
        visit.query.get("batch") or None,
        _time(visit.query.get("since", "")),
        _time(visit.query.get("until", "")),
        limit,
    )
    return {
        "counts": count_ingested(database),
        "messages": [_shown(one) for one in ingested_messages(database, selected)],
        "type": selected.type,
        "batch": selected.batch,
        "since": visit.query.get("since", ""),
        "until": visit.query.get("until", ""),
        "limit": limit,
        "more": min(limit * 4, _MOST),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    event = row["event"]
    data = event.get("data", event.get("data_base64"))
    text = json.dumps(data, ensure_ascii=False)
    return {**row, "key": f"{row['source']} {row['id']}", "data": text[:_MOST_TEXT]}


def _time(text: str) -> datetime | None:
    """A time of a form's field, which is UTC without an offset."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is no time", "write it as 2026-11-28T12:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


PAGES = [Page("/messages", "messages.html", messages, live=True)]
