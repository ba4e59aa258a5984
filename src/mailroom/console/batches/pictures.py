"""An execution's steps as what its pictures show."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from mailroom.console.graphs.state_machine import Run, StateRun, Status
from mailroom.console.graphs.states import read_machine
from mailroom.console.graphs.timeline import Bar, Row, duration
from mailroom.executions.execution import Attempt, Execution, Step

# Of several passes through a state, the one of these that comes first is shown.
_ORDER: tuple[Status, ...] = ("running", "failed", "timed-out", "caught", "aborted", "succeeded")
_TIMEOUT = "States.Timeout"


def run_of(definition: dict[str, Any], execution: Execution) -> Run:
    """What happened in each state, and how often each pair of states was passed."""
    passes: dict[str, list[Step]] = {}
    for step in execution.steps:
        passes.setdefault(step.name, []).append(step)
    return Run(
        {name: _state(steps) for name, steps in passes.items()}, _passed(definition, execution)
    )


def timeline(execution: Execution, now: datetime, link: Callable[[str], str]) -> list[Row]:
    """A row for each state: its passes, and in them the calls that it made.

    Args:
        execution: The execution.
        now: Where what still runs ends.
        link: The address of a state, by its name.
    """
    end = execution.stopped or now
    rows: dict[str, Row] = {}
    bars: dict[str, list[Bar]] = {}
    for step in execution.steps:
        if step.name not in rows:
            id = f"time-{len(rows)}"
            rows[step.name] = Row(id, step.name, (), step.depth, link(step.name))
        bars.setdefault(step.name, []).extend(_bars(step, execution.started, end))
    return [
        Row(row.id, row.label, tuple(bars[name]), row.depth, row.href) for name, row in rows.items()
    ]


def status_of(step: Step) -> Status:
    """A step's status in a picture: that of a step which took too long is its own."""
    if step.status == "failed" and step.error == _TIMEOUT:
        return "timed-out"
    return next(one for one in _ORDER if one == step.status)


def _state(steps: list[Step]) -> StateRun:
    status = min(map(status_of, steps), key=_ORDER.index)
    shown = next(step for step in steps if status_of(step) == status)
    retried = sum(step.retries for step in steps)
    return StateRun(status, len(steps), retried, shown.error or "")


def _passed(
    definition: dict[str, Any], execution: Execution
) -> Counter[tuple[str | None, str | None]]:
    """Steps follow each other in the same branch of the same pass through its Parallel or Map."""
    scopes = {one.name: one.parent for one in read_machine(definition).states}
    last: dict[tuple[object, ...], str] = {}
    passed: Counter[tuple[str | None, str | None]] = Counter()
    for step in execution.steps:
        scope = (step.parent, step.iteration, scopes.get(step.name))
        passed[last.get(scope), step.name] += 1
        last[scope] = step.name
    if execution.status == "SUCCEEDED" and (final := last.get((None, None, None))):
        passed[final, None] += 1
    return passed


def _bars(step: Step, start: datetime, end: datetime) -> Iterable[Bar]:
    status = status_of(step)
    waited = step.type == "Wait" and status == "succeeded"
    title = f"{step.name}: {status.replace('-', ' ')}"
    yield _bar(step.entered, step.exited, start, end, "waiting" if waited else status, title)
    for number, attempt in enumerate(step.attempts, 1):
        what = f"{step.name}: attempt {number}" + (f", {attempt.error}" if attempt.error else "")
        done = attempt.ended or step.exited
        kind = _of_attempt(attempt, step)
        yield _bar(attempt.scheduled, done, start, end, kind, what, inner=True)


def _of_attempt(attempt: Attempt, step: Step) -> str:
    if attempt.ended is None:
        return step.status if step.status in ("running", "aborted") else "aborted"
    return "failed" if attempt.error else "succeeded"


def _bar(
    since: datetime,
    until: datetime | None,
    start: datetime,
    end: datetime,
    status: str,
    title: str,
    inner: bool = False,
) -> Bar:
    first = max((since - start).total_seconds(), 0.0)
    last = max(((until or end) - start).total_seconds(), first)
    return Bar(first, last, status, f"{title}, {duration(last - first)}", inner)
