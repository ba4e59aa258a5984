"""Behaviours × engines: what was kept where."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.parity.behaviours import Behaviour
from tests.parity.results import DIFFERS, KEPT, NOT_RUN


@dataclass(frozen=True)
class Column:
    """What the behaviours came to on one engine.

    Attributes:
        engine: Its name and version.
        results: By name of the test, its `outcome` and a `detail`.
    """

    engine: str
    results: dict[str, dict[str, str]]

    def outcome(self, behaviour: Behaviour) -> str:
        """`kept`, `differs` or `not run`."""
        return self.results.get(behaviour.name, {"outcome": NOT_RUN})["outcome"]

    def count(self) -> Counter[str]:
        """How many have each outcome."""
        return Counter(result["outcome"] for result in self.results.values())

    def reasons(self) -> Counter[str]:
        """Why behaviours were not run, and how many."""
        return Counter(
            result["detail"] for result in self.results.values() if result["outcome"] == NOT_RUN
        )

    def __str__(self) -> str:
        counted = self.count()
        return f"{counted[KEPT]} kept, {counted[DIFFERS]} differ, {counted[NOT_RUN]} not run"


@dataclass(frozen=True)
class Table:
    """The whole.

    Attributes:
        behaviours: The rows.
        columns: The columns.
    """

    behaviours: Sequence[Behaviour]
    columns: Sequence[Column]

    @property
    def headings(self) -> list[str]:
        return ["service", "behaviour", *(column.engine for column in self.columns)]

    def rows(self) -> list[list[str]]:
        """A row for each behaviour."""
        return [
            [one.service, one.sentence, *(column.outcome(one) for column in self.columns)]
            for one in self.behaviours
        ]

    def to_json(self) -> list[dict[str, Any]]:
        """The same for scripts, with the pages and what was seen."""
        return [
            {
                "service": one.service,
                "behaviour": one.sentence,
                "test": one.name,
                "page": one.page,
                "known": one.known,
                "engines": {column.engine: column.results.get(one.name) for column in self.columns},
            }
            for one in self.behaviours
        ]
