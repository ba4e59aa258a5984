"""Sorts received messages into entries and dead letters, and collects their outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from messages.cloudevents.timestamp import utc
from messages.event import LONGEST_ID, LONGEST_SOURCE, CloudEvent, Message, digest
from messages.problems import InvalidEvent, Reason
from process_messages.dead_letters import DeadLetter
from process_messages.received import Received

INGESTED = "ingested"
ALREADY_THERE = "already_there"
DEAD_LETTERED = "dead_lettered"

_MAX_DETAIL = 1000
_MAX_BYTES = {"type": 100, "source": LONGEST_SOURCE, "id": LONGEST_ID}


@dataclass(frozen=True)
class Entry:
    """A valid message of the queue's type."""

    received: Received
    event: CloudEvent
    text: str
    digest: str

    @property
    def key(self) -> tuple[str, str]:
        """The event's source and id, which identify it for ever."""
        return self.event.source, self.event.id

    @property
    def time(self) -> str | None:
        """The event's time in UTC, as Postgres reads it."""
        return utc(self.event.time).isoformat() if self.event.time else None


@dataclass(frozen=True)
class Settled:
    """One row of `settlements`: a batch, one event's content in it, and its outcome."""

    batch_id: str
    source: str
    id: str
    digest: str
    outcome: str


@dataclass
class Outcomes:
    """The entries that need no dead letter, each with its outcome, and the dead letters.

    `later` are the entries that the type's action gives back to the queue.
    """

    done: list[tuple[Entry, str]] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    later: list[Entry] = field(default_factory=list)

    def add(self, other: "Outcomes") -> None:
        """Add the outcomes of other messages."""
        self.done += other.done
        self.dead_letters += other.dead_letters
        self.later += other.later

    def settlements(self) -> list[Settled]:
        """Return one row for each content of each batch; of several outcomes the best."""
        rows: dict[tuple[str, str, str, str], Settled] = {}
        for outcome in (INGESTED, ALREADY_THERE, DEAD_LETTERED):
            for row in self._rows():
                if row.outcome == outcome:
                    rows.setdefault((row.batch_id, row.source, row.id, row.digest), row)
        return list(rows.values())

    def _rows(self) -> list[Settled]:
        rows: list[Settled] = []
        for entry, outcome in self.done:
            if batch_id := entry.received.batch_id:
                rows.append(Settled(batch_id, *entry.key, entry.digest, outcome))
        for one in self.dead_letters:
            batch_id = one.received.batch_id
            # A message in the wrong queue is settled by the consumers of its own type's queue.
            mine = one.reason is not Reason.WRONG_TYPE
            if batch_id and mine and one.source and one.event_id and one.digest:
                rows.append(Settled(batch_id, one.source, one.event_id, one.digest, DEAD_LETTERED))
        return rows


def read(batch: Iterable[Received], message_type: str) -> tuple[list[Entry], list[DeadLetter]]:
    """Return the entries and the dead letters among messages from the queue of a type."""
    found = [_read(received, message_type) for received in batch]
    entries = [one for one in found if isinstance(one, Entry)]
    return entries, [one for one in found if isinstance(one, DeadLetter)]


def dead_letter(entry: Entry, reason: Reason, detail: str) -> DeadLetter:
    """Return the dead letter of a message that is valid and can't be ingested."""
    event = entry.event
    return DeadLetter(
        entry.received, reason, storable(detail), event.type, event.source, event.id, entry.digest
    )


def storable(text: str) -> str:
    """Return a text that Postgres and SQS can store, cut to 1,000 characters."""
    kept = (c if c.isprintable() and c < "\ufffe" else "\ufffd" for c in text[:_MAX_DETAIL])
    return "".join(kept) or "-"


def _read(received: Received, message_type: str) -> Entry | DeadLetter:
    try:
        message = Message(received.body)
    except InvalidEvent as error:
        return _invalid(received, error)
    entry = Entry(received, message.event, message.text, message.digest)
    if message.event.type != message_type:
        detail = f"type is {message.event.type}, the queue is for {message_type}"
        return dead_letter(entry, Reason.WRONG_TYPE, detail)
    return entry


def _invalid(received: Received, error: InvalidEvent) -> DeadLetter:
    """Return an invalid message's dead letter, with those keys that Postgres can store."""
    value = error.value if isinstance(error.value, dict) else {}
    found = {name: _known(value.get(name), longest) for name, longest in _MAX_BYTES.items()}
    known = digest(value) if value else None
    reason, detail = error.problems[0].code, storable(str(error))
    return DeadLetter(received, reason, detail, found["type"], found["source"], found["id"], known)


def _known(value: Any, longest: int) -> str | None:
    if not isinstance(value, str) or not value or len(value.encode()) > longest:
        return None
    return value
