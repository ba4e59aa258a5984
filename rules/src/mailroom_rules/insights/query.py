"""A query, and its result."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mailroom_rules.insights.commands import LIMIT, Plan, read_commands
from mailroom_rules.insights.expressions import Parser
from mailroom_rules.insights.values import Row, text

USUAL = ["@timestamp", "@message"]
POINTER = "@ptr"


@dataclass(frozen=True)
class Outcome:
    """What a query has found.

    Attributes:
        rows: Each with its columns in the query's order; without those that have no value.
        scanned: The number of events that were looked at.
        matched: The number of those that passed the filters.
    """

    rows: list[dict[str, str]]
    scanned: int
    matched: int


class Query:
    """A query that was compiled.

    Args:
        plan: What its commands come to.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def run(self, events: Iterable[Row], limit: int | None = None) -> Outcome:
        """Query events, by their fields.

        Args:
            events: Each with `@timestamp`, `@message` and what was discovered. They are changed.
            limit: The greatest number of rows, unless the query says it.
        """
        rows = list(events)
        scanned = matched = len(rows)
        # The newest event is first unless the query says otherwise.
        rows.sort(key=lambda row: row["@timestamp"], reverse=True)
        for count, step in enumerate(self._plan.steps, 1):
            rows = step(rows)
            if count == self._plan.filtered:
                matched = len(rows)
        shown = self._plan.shown or USUAL
        if not self._plan.aggregated:
            shown = [*shown, POINTER]
        most = LIMIT if self._plan.limit or not limit else limit
        found = [
            {name: text(row[name]) for name in shown if row.get(name) is not None}
            for row in rows[:most]
        ]
        return Outcome(found, scanned, matched)


@lru_cache(maxsize=128)
def compile_query(source: str) -> Query:
    """Compile a query.

    Raises:
        MalformedQuery: CloudWatch Logs refuses it.
    """
    return Query(read_commands(Parser(source)))
