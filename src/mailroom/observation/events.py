"""The events and counters of an emulator, read from `/_mailroom/events` and `/_mailroom/counters`.

AWS has no such pages; an environment there has no events.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from mailroom.errors import NoAnswer
from mailroom.local_http import get_json

Event = dict[str, Any]

_EVENTS, _COUNTERS = "/_mailroom/events", "/_mailroom/counters"


@dataclass(frozen=True)
class Events:
    """Events of an emulator, the oldest first.

    Attributes:
        epoch: Id of the emulator's process; after a restart its numbers begin again at 1.
        first: Number of the oldest event that it still has.
        last: Number of the newest one.
        events: At most 500; each has `n`, `at` (seconds since 1970) and `kind`.
    """

    epoch: str
    first: int
    last: int
    events: tuple[Event, ...]

    @property
    def next(self) -> int:
        """The number after which to go on."""
        return int(self.events[-1]["n"]) if self.events else self.last


def read_events(
    endpoint: str, after: int = 0, wait: float = 0, containing: Iterable[str] = ()
) -> Events:
    """Read the events after a number.

    Args:
        endpoint: URL of the emulator.
        after: The number.
        wait: How many seconds the emulator may wait for an event; at most 20.
        containing: Only events that contain one of these words.

    Raises:
        NoAnswer: It doesn't answer, or it has no such page.
    """
    query = urlencode({"after": after, "wait": wait, "containing": [*containing]}, doseq=True)
    document = get_json(f"{endpoint}{_EVENTS}?{query}", seconds=wait + 10)
    return Events(document["epoch"], document["first"], document["last"], tuple(document["events"]))


def all_events(endpoint: str, containing: Iterable[str] = ()) -> Iterator[Event]:
    """All events that the emulator has, or those that contain one of these words.

    Raises:
        NoAnswer: It doesn't answer, or it has no such page.
    """
    words, after = tuple(containing), 0
    while (found := read_events(endpoint, after, containing=words)).events:
        yield from found.events
        after = found.next


def follow_events(endpoint: str, after: int | None = None) -> Iterator[Events]:
    """Events as they happen: answers without end, some of them empty.

    After a restart of the emulator they go on with its first event, and `epoch` differs.

    Args:
        endpoint: URL of the emulator.
        after: The number; None for those that happen from now on.

    Raises:
        NoAnswer: It doesn't answer; the caller may call again.
    """
    found = read_events(endpoint, after or 0)
    epoch, after = found.epoch, found.last if after is None else after
    while True:
        found = read_events(endpoint, after, wait=20)
        if found.epoch != epoch:
            epoch, after = found.epoch, 0
            continue
        after = found.next
        yield found


def read_counters(endpoint: str) -> dict[str, Any]:
    """How much went along each edge since the emulator started.

    Returns:
        `epoch`; `since` and `at` in seconds since 1970; `edges`, each with `kind`, `from`, `to` and
        `count`; `nodes`: counts by ARN and kind.

    Raises:
        NoAnswer: It doesn't answer, or it has no such page.
    """
    document: dict[str, Any] = get_json(f"{endpoint}{_COUNTERS}")
    return document


def is_observed(endpoint: str) -> bool:
    """Whether an endpoint has events: it is an emulator of Mailroom's, and answers."""
    try:
        read_events(endpoint, after=2**62)
    except NoAnswer:
        return False
    return True
