"""A figure: what was measured, what it was measured against, and what it may be at most."""

import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes:
        name: What was measured.
        value: Its median, in `unit`.
        against: What it was measured against.
        reference: The reference's median, in `unit`; None when the limit is absolute.
        limit: At most so many times the reference, or so many `unit`.
        unit: `s`, `ms` or `MB`.
    """

    name: str
    value: float
    against: str
    reference: float | None
    limit: float
    unit: str

    @property
    def measured(self) -> float:
        """What is held against the limit: the ratio, or the value itself."""
        return self.value / self.reference if self.reference else self.value

    @property
    def met(self) -> bool:
        return self.measured <= self.limit

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "measured": self.measured, "met": self.met}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes to do something once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(rounds: int, *works: Callable[[], float]) -> list[float]:
    """Medians of several measurements, taken in turn so that all of them see the same noise."""
    taken: list[tuple[float, ...]] = [tuple(work() for work in works) for _ in range(rounds)]
    return [statistics.median(values) for values in zip(*taken, strict=True)]


def median(values: Iterable[float]) -> float:
    return statistics.median(values)
