"""A bounded ring of events.

Recording has to cost next to nothing, as every call is recorded. So what is recorded is a function
that makes the events, and it is called when somebody asks for them. Until then it may keep the
messages alive that its events are about; `MOST_BYTES` bounds that.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

type Event = dict[str, Any]
type Make = Callable[[], Iterable[Event]]

# Of the events of messages, invocations, states and refusals; of the calls that succeeded.
MOST_EVENTS, MOST_CALLS = 30_000, 4_000
MOST_BYTES = 8 * 1024 * 1024
MOST_AT_ONCE = 500
LONGEST_WAIT = 20.0


class Entry:
    """Events that were recorded together: numbers from `first`, and what makes the events."""

    __slots__ = ("at", "count", "first", "make", "texts", "weight")

    def __init__(self, first: int, count: int, at: float, make: Make, weight: int) -> None:
        """Keep what makes the events."""
        self.first, self.count, self.at, self.weight = first, count, at, weight
        self.make: Make | None = make
        self.texts: list[tuple[int, str]] = []

    def events(self) -> list[tuple[int, str]]:
        """The events' numbers, and the events as JSON."""
        make = self.make
        if make is not None:
            made = [
                {"n": self.first + place, "at": self.at, **event}
                for place, event in enumerate(make())
            ]
            self.texts = [(event["n"], json.dumps(event, default=str)) for event in made]
            self.make = None
        return self.texts


class Lane:
    """Entries in the order of their numbers, up to a maximum number of events."""

    def __init__(self, most: int) -> None:
        """Start empty."""
        self.most, self.size = most, 0
        self.entries: deque[Entry] = deque()

    def add(self, entry: Entry) -> None:
        """Add an entry, and drop the oldest ones."""
        self.entries.append(entry)
        self.size += entry.count
        while self.size > self.most:
            self.size -= self.entries.popleft().count


class Ring:
    """The last events, numbered from 1; safe to use from several threads.

    Attributes:
        epoch: id of this LocalStack process.
        closed: whether LocalStack ends.
    """

    def __init__(self, events: int = MOST_EVENTS, calls: int = MOST_CALLS) -> None:
        """Start empty.

        Args:
            events: the maximum number of events.
            calls: the maximum number of calls that succeeded; they drop no other events.
        """
        self.epoch = uuid.uuid4().hex
        self._events, self._calls = Lane(events), Lane(calls)
        self._last = 0
        self._bytes = 0
        self._unmade: deque[Entry] = deque()
        self._waiting = 0
        self.closed = False
        self._changed = threading.Condition()

    def add(
        self,
        make: Make,
        *,
        count: int = 1,
        at: float | None = None,
        weight: int = 0,
        minor: bool = False,
    ) -> None:
        """Record events.

        Args:
            make: makes the events, without number and time; called at most once, later.
            count: the maximum number of events that it makes.
            at: when they happened, in seconds since 1970; now without.
            weight: the bytes that `make` keeps alive.
            minor: calls that succeeded.
        """
        with self._changed:
            at = time.time() if at is None else at
            entry = Entry(self._last + 1, count, at, make, weight)
            self._last += count
            (self._calls if minor else self._events).add(entry)
            if self._waiting:
                self._changed.notify_all()
            if weight:
                self._bytes += weight
                self._unmade.append(entry)
                if self._bytes > MOST_BYTES:
                    self._release()

    def after(self, n: int, wait: float = 0, containing: Iterable[str] = ()) -> str:
        """The events after a number as JSON, the oldest first, at most 500.

        Args:
            n: the number.
            wait: seconds to wait for an event, at most 20.
            containing: only events that contain one of these words.
        """
        words = tuple(containing)
        with self._changed:
            if self._last <= n and not self.closed:
                self._waiting += 1
                self._changed.wait(min(wait, LONGEST_WAIT))
                self._waiting -= 1
            lanes = [list(self._events.entries), list(self._calls.entries)]
            last = self._last
        first = lanes[0][0].first if lanes[0] else last + 1
        found: list[tuple[int, str]] = []
        for entries in lanes:
            place = bisect_right(entries, n, key=lambda entry: entry.first + entry.count - 1)
            found += _first_of(entries[place:], n, words)
        texts = [text for _, text in sorted(found)[:MOST_AT_ONCE]]
        head = json.dumps({"epoch": self.epoch, "first": first, "last": last})
        return f'{head[:-1]}, "events": [{", ".join(texts)}]}}'

    def close(self) -> None:
        """Answer those who wait, as LocalStack ends."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def _release(self) -> None:
        """Make the oldest events, so that they keep no messages alive; the lock is taken.

        What has left the ring already only has to be forgotten, which is all in most cases.
        """
        while self._unmade:
            dropped = self._unmade[0].first < self._events.entries[0].first
            if not dropped and self._bytes <= MOST_BYTES:
                return
            entry = self._unmade.popleft()
            self._bytes -= entry.weight
            if not dropped:
                entry.events()


def _first_of(entries: list[Entry], n: int, words: tuple[str, ...]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for entry in entries:
        for number, text in entry.events():
            if number > n and (not words or any(word in text for word in words)):
                found.append((number, text))
        if len(found) >= MOST_AT_ONCE:
            break
    return found


RING = Ring()
