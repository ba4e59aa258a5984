"""Events of the declared types, made from their samples; the same ones for the same seed."""

import copy
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mailroom.errors import Refused
from mailroom.types.described import Column, MessageType

_BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Generator:
    """Makes events: the types in turn, each type's samples in turn.

    What a type's model enumerates or bounds is chosen by the seed, all else is as in the samples.

    Attributes:
        types: The message types.
        seed: Part of the events' source, so that two runs with one seed send the same events.
    """

    types: Sequence[MessageType]
    seed: int

    def __post_init__(self) -> None:
        lacking = ", ".join(one.name for one in self.types if not one.samples)
        if lacking:
            raise Refused(
                f"there are no sample events of {lacking}",
                "put some into samples.jsonl in the type's folder: events are made from them",
            )

    @property
    def source(self) -> str:
        """The attribute `source` of the events."""
        return f"urn:mailroom:load:{self.seed}"

    def event(self, number: int) -> dict[str, Any]:
        """The event of a number, from 0; its id is the number."""
        kind = self.types[number % len(self.types)]
        sample = kind.samples[number // len(self.types) % len(kind.samples)]
        moment = _BEGIN + timedelta(milliseconds=number)
        data = copy.deepcopy(sample["data"])
        chance = random.Random(f"{self.seed} {number}")
        for column in kind.columns:
            if data.get(column.key) is not None:
                data[column.key] = _chosen(column, data[column.key], chance)
        return sample | {
            "id": event_id(number),
            "source": self.source,
            "time": moment.isoformat(timespec="milliseconds"),
            "data": data,
        }

    def lines(self, begin: int, end: int) -> Iterator[str]:
        """The events from one number to before another, as JSON."""
        return (json.dumps(self.event(number), ensure_ascii=False) for number in range(begin, end))


def event_id(number: int) -> str:
    """The id of an event; ids sort as their numbers do."""
    return f"{number:010d}"


def _chosen(column: Column, value: Any, chance: random.Random) -> Any:
    if column.values:
        return chance.choice(column.values)
    return chance.randint(*column.bounds) if column.bounds else value
