"""Checks that every event ended in exactly one place, in the manner of Jepsen's total-queue.

https://jepsen-io.github.io/jepsen/jepsen.checker.html#var-total-queue
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """The outcome of all events.

    Attributes:
        attempted: How many were tried to be sent.
        acknowledged: How many of them were accepted for sure.
        lost: Accepted, and nowhere.
        unexpected: Somewhere, and never sent, or not as they were sent.
        duplicated: In more than one place, or more than once in one, with the places.
        recovered: Present, although no component answered that they were accepted.
        miscounted: Batches whose counts are not those of their settlements.
    """

    attempted: int
    acknowledged: int
    lost: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    duplicated: dict[str, list[str]] = field(default_factory=dict)
    recovered: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether no event was lost, doubled or miscounted, and none is there that was not sent."""
        return not (self.lost or self.unexpected or self.duplicated or self.miscounted)

    def __str__(self) -> str:
        counts = f"{self.acknowledged} of {self.attempted} acknowledged"
        parts = {
            "lost": self.lost,
            "duplicated": [f"{name} in {places}" for name, places in self.duplicated.items()],
            "unexpected": self.unexpected,
            "recovered": self.recovered,
            "miscounted": self.miscounted,
        }
        shown = [
            f"{len(names)} {what}" + (f" ({'; '.join(names[:_SHOWN])})" if names else "")
            for what, names in parts.items()
        ]
        return ", ".join([counts, *shown])


class Checker:
    """Keeps what was attempted and what was acknowledged, by content."""

    def __init__(self) -> None:
        self._attempted: set[str] = set()
        self._acknowledged: set[str] = set()

    def attempt(self, bodies: Iterable[str]) -> None:
        """These are about to be sent; the same content may be attempted again."""
        self._attempted.update(map(content, bodies))

    def acknowledge(self, bodies: Iterable[str]) -> None:
        """These were accepted.

        Raises:
            AssertionError: One of them was never attempted: the test itself is wrong.
        """
        names = set(map(content, bodies))
        assert names <= self._attempted, "acknowledged, but never attempted"
        self._acknowledged |= names

    @property
    def attempted(self) -> int:
        """How many contents were tried to be sent."""
        return len(self._attempted)

    def check(self, found: Mapping[str, Iterable[str]]) -> Verdict:
        """Compare with what is there.

        Args:
            found: By the name of each place, the bodies in it.
        """
        places: dict[str, Counter[str]] = {}
        for place, bodies in found.items():
            for name in map(content, bodies):
                places.setdefault(name, Counter())[place] += 1
        there = places.keys()
        return Verdict(
            attempted=len(self._attempted),
            acknowledged=len(self._acknowledged),
            lost=sorted(self._acknowledged - there),
            unexpected=sorted(there - self._attempted),
            duplicated={
                name: sorted(counts.elements())
                for name, counts in sorted(places.items())
                if counts.total() > 1
            },
            recovered=sorted((there & self._attempted) - self._acknowledged),
        )


def content(body: str) -> str:
    """A name of what a body says: its id if it has one, and a digest of every key and value.

    Numbers are compared by their digits, so that a rounded one is another content.
    """
    try:
        value = json.loads(body, parse_int=_Digits, parse_float=_Digits)
    except (ValueError, RecursionError):
        return f"body {sha256(body.encode(errors='surrogatepass')).hexdigest()[:16]}"
    canonical = json.dumps(value, sort_keys=True, default=repr)
    id_ = value.get("id", "?") if isinstance(value, dict) else "?"
    return f"{id_} {sha256(canonical.encode()).hexdigest()[:16]}"


class _Digits:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return f"\0{self._text}"


def as_bodies(events: Iterable[Mapping[str, Any]]) -> list[str]:
    """Events as bodies of messages."""
    return [json.dumps(event, ensure_ascii=False) for event in events]
