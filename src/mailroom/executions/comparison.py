"""Two executions beside each other."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from mailroom.executions.execution import Execution, Step, document


@dataclass(frozen=True)
class Row:
    """One step of either execution, or the same step of both.

    Attributes:
        name: The state's name.
        depth: How many Parallel and Map steps it is in.
        first: The first execution's step; None if it has none.
        second: The second execution's step; None if it has none.
    """

    name: str
    depth: int
    first: Step | None
    second: Step | None

    @property
    def differs(self) -> tuple[str, ...]:
        """What differs of `status`, `retries`, `error`, `input` and `output`."""
        if self.first is None or self.second is None:
            return ("entered",)
        plain = [
            name
            for name in ("status", "retries", "error")
            if getattr(self.first, name) != getattr(self.second, name)
        ]
        texts = [
            name
            for name in ("input", "output")
            if document(getattr(self.first, name)) != document(getattr(self.second, name))
        ]
        return (*plain, *texts)

    def document(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "state": self.name,
            "first": _side(self.first),
            "second": _side(self.second),
            "differs": list(self.differs),
        }


def compare_steps(first: Execution, second: Execution) -> list[Row]:
    """The steps of both, in the order of the first; a state's second pass meets its second pass.

    Steps that only the second has come last.
    """
    left, right = _keyed(first), _keyed(second)
    rows = []
    for key in [*left, *(key for key in right if key not in left)]:
        known = left.get(key) or right[key]
        rows.append(Row(known.name, known.depth, left.get(key), right.get(key)))
    return rows


def _keyed(execution: Execution) -> dict[tuple[str, int | None, int], Step]:
    passes: Counter[tuple[str, int | None]] = Counter()
    found = {}
    for step in execution.steps:
        state = (step.name, step.iteration)
        found[(*state, passes[state])] = step
        passes[state] += 1
    return found


def _side(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "status": step.status,
        "seconds": step.seconds,
        "retries": step.retries,
        "error": step.error,
        "input": document(step.input),
        "output": document(step.output),
    }
