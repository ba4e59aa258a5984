"""Sorts received messages into what can be ingested and what never will."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from messages.event import LONGEST_ID, LONGEST_SOURCE, Event, Message, digest
from messages.problems import InvalidEvent, Reason
from messages.timestamp import utc
from process_messages.received import Received

_LONGEST_DETAIL = 1000
_KEYS = {"type": 100, "source": LONGEST_SOURCE, "id": LONGEST_ID}


@dataclass(frozen=True)
class Entry:
    """A valid message of the queue's type."""

    received: Received
    event: Event
    text: str
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the event for ever."""
        return self.event.source, self.event.id

    @property
    def time(self) -> str | None:
        """The event's time in UTC, as Postgres reads it."""
        return utc(self.event.time).isoformat() if self.event.time else None


@dataclass(frozen=True)
class Letter:
    """A message that can never be ingested, and what is known of it."""

    received: Received
    reason: Reason
    detail: str
    type: str | None = None
    source: str | None = None
    event_id: str | None = None
    digest: str | None = None


def read(batch: Iterable[Received], kind: str) -> tuple[list[Entry], list[Letter]]:
    """Return the entries and the letters of messages received from the queue of a type."""
    entries: list[Entry] = []
    letters: list[Letter] = []
    for received in batch:
        found = _read(received, kind)
        if isinstance(found, Entry):
            entries.append(found)
        else:
            letters.append(found)
    return entries, letters


def letter(entry: Entry, reason: Reason, detail: str) -> Letter:
    """Return the letter of a valid message that can't be ingested all the same."""
    event = entry.event
    return Letter(
        entry.received, reason, storable(detail), event.type, event.source, event.id, entry.digest
    )


def storable(text: str) -> str:
    """Return a text that Postgres and a message attribute can hold, cut to a sensible length."""
    kept = (c if c.isprintable() and c < "\ufffe" else "\ufffd" for c in text[:_LONGEST_DETAIL])
    return "".join(kept) or "-"


def _read(received: Received, kind: str) -> Entry | Letter:
    try:
        message = Message(received.body)
    except InvalidEvent as error:
        return _invalid(received, error)
    entry = Entry(received, message.event, message.text, message.digest)
    if message.event.type != kind:
        detail = f"type is {message.event.type}, the queue is for {kind}"
        return letter(entry, Reason.WRONG_TYPE, detail)
    return entry


def _invalid(received: Received, error: InvalidEvent) -> Letter:
    """Keep what can be known of an invalid message, as far as it can be stored."""
    value = error.value if isinstance(error.value, dict) else {}
    found = {name: _known(value.get(name), longest) for name, longest in _KEYS.items()}
    known = digest(value) if value else None
    reason, detail = error.problems[0].code, storable(str(error))
    return Letter(received, reason, detail, found["type"], found["source"], found["id"], known)


def _known(value: Any, longest: int) -> str | None:
    if not isinstance(value, str) or not value or len(value.encode()) > longest:
        return None
    return value
