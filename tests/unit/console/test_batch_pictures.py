"""An execution's steps as what its graph and timeline show."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mailroom.console.batches.pictures import run_of, timeline
from mailroom.executions.execution import Attempt, Execution, Step

OURS = json.loads((Path(__file__).parents[3] / "infra" / "asl.json").read_text())
START = datetime(2026, 11, 28, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def step(id: int, name: str, type: str, status: str, **known: Any) -> Step:
    defaults: dict[str, Any] = {
        "parent": None,
        "iteration": None,
        "entered": at(id),
        "exited": None if status in ("running", "aborted", "failed") else at(id + 1),
        "input": None,
        "output": None,
    }
    return Step(id, name, type, status=status, **{**defaults, **known})


def execution(*steps: Step, status: str = "RUNNING") -> Execution:
    stopped = None if status == "RUNNING" else at(60)
    return Execution("arn:x:batch", "batch", "arn:x:machine", status, START, stopped, steps=steps)


def test_a_state_is_shown_by_what_needs_attention_most() -> None:
    passes = [
        step(1, "PublishMessages", "Task", "succeeded"),
        step(2, "PublishMessages", "Task", "caught", error="PublishFailed"),
        step(3, "PublishMessages", "Task", "succeeded"),
    ]

    shown = run_of(OURS, execution(*passes)).states["PublishMessages"]

    assert (shown.status, shown.entered, shown.note) == ("caught", 3, "PublishFailed")


def test_a_task_that_took_too_long_has_a_status_of_its_own() -> None:
    slow = step(1, "PublishMessages", "Task", "failed", error="States.Timeout")

    assert run_of(OURS, execution(slow)).states["PublishMessages"].status == "timed-out"


def test_retries_of_all_passes_are_counted() -> None:
    attempts = (Attempt("lambda:invoke", "f", None, at(1)),) * 3
    steps = [step(n, "PublishMessages", "Task", "succeeded", attempts=attempts) for n in (1, 5)]

    assert run_of(OURS, execution(*steps)).states["PublishMessages"].retried == 4


def test_branches_that_run_at_once_do_not_follow_each_other() -> None:
    steps = [
        step(1, "PublishMessages", "Task", "succeeded"),
        step(2, "ProcessMessages", "Parallel", "succeeded"),
        step(3, "ProcessNotifications", "Task", "succeeded", parent=2, depth=1),
        step(4, "ProcessAlerts", "Task", "succeeded", parent=2, depth=1),
        step(5, "AreNotificationsSettled", "Choice", "succeeded", parent=2, depth=1),
        step(6, "AreAlertsSettled", "Choice", "succeeded", parent=2, depth=1),
        step(7, "BatchSettled", "Pass", "succeeded"),
    ]

    passed = run_of(OURS, execution(*steps, status="SUCCEEDED")).passed

    assert set(passed) == {
        (None, "PublishMessages"),
        ("PublishMessages", "ProcessMessages"),
        (None, "ProcessNotifications"),
        (None, "ProcessAlerts"),
        ("ProcessNotifications", "AreNotificationsSettled"),
        ("ProcessAlerts", "AreAlertsSettled"),
        ("ProcessMessages", "BatchSettled"),
        ("BatchSettled", None),
    }


def test_the_timeline_has_a_row_for_each_state_and_a_bar_for_each_attempt() -> None:
    attempts = (
        Attempt("lambda:invoke", "f", None, at(1), at(2), error="PublishFailed"),
        Attempt("lambda:invoke", "f", None, at(4)),
    )
    steps = [step(1, "PublishMessages", "Task", "running", attempts=attempts)]

    [row] = timeline(execution(*steps), at(6), lambda state: f"?state={state}")

    assert (row.label, row.href) == ("PublishMessages", "?state=PublishMessages")
    found = [(bar.start, bar.end, bar.status, bar.inner) for bar in row.bars]
    assert found == [
        (1.0, 6.0, "running", False),
        (1.0, 2.0, "failed", True),
        (4.0, 6.0, "running", True),
    ]


def test_a_wait_is_told_apart_from_work() -> None:
    wait = step(1, "WaitForAlerts", "Wait", "succeeded")

    [row] = timeline(execution(wait), at(2), str)

    assert row.bars[0].status == "waiting"
