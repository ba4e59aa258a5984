"""Shows executions, their steps, and what became of their batches."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from mailroom.cli.output import console, show_table
from mailroom.cli.times import shown
from mailroom.executions.comparison import Row
from mailroom.executions.execution import Execution, Step, document
from mailroom.executions.invocation_logs import InvocationLogs
from mailroom.workflow.outcomes import Outcome


def show_executions(found: list[Execution]) -> None:
    """Print a row for each execution."""
    show_table(
        ["name", "status", "started", "seconds"],
        [[one.name, one.status, shown(one.started), _rounded(one.seconds)] for one in found],
    )


def show_steps(execution: Execution) -> None:
    """Print a row for each step; what is in a Parallel or Map is indented."""
    show_table(
        ["state", "type", "status", "entered", "seconds", "retries", "error"],
        [
            [
                f"{'· ' * step.depth}{step.name}",
                step.type,
                step.status,
                f"{step.entered.astimezone():%H:%M:%S}",
                _rounded(step.seconds),
                step.retries or None,
                step.error,
            ]
            for step in execution.steps
        ],
        below=("error",),
        gives_way=("retries", "type"),
    )


def show_outcomes(rows: Iterable[Outcome]) -> None:
    """Print a row for each type: the number published, and what became of them."""
    show_table(
        ["type", "published", "ingested", "already there", "dead"],
        [[one.type, one.published, one.ingested, one.already_there, one.dead] for one in rows],
    )


def show_comparison(rows: list[Row]) -> None:
    """Print a row for each step of two executions."""
    show_table(
        ["state", "first", "seconds", "second", "seconds", "differs"],
        [
            [
                f"{'· ' * row.depth}{row.name}",
                row.first and row.first.status,
                row.first and _rounded(row.first.seconds),
                row.second and row.second.status,
                row.second and _rounded(row.second.seconds),
                ", ".join(row.differs) or None,
            ]
            for row in rows
        ],
        below=("differs",),
    )


def show_step(step: Step, logs: InvocationLogs) -> None:
    """Print all that is known of a step: input, output, error, attempts and log."""
    _field("state", f"{step.name} ({step.type}, {step.status})")
    seconds = "" if step.seconds is None else f", {_rounded(step.seconds)} s"
    _field("entered", f"{shown(step.entered)}{seconds}")
    _json("input", step.input)
    for number, attempt in enumerate(step.attempts, start=1):
        called = attempt.function or attempt.resource
        _field(f"attempt {number}", f"{called}  {attempt.request_id or ''}".rstrip())
        if attempt.error:
            _field("error", attempt.error)
            _json("cause", attempt.cause)
        for event in logs.of(attempt):
            text = event.message.replace("\n", "\n  ")
            console.print(f"  {text}", markup=False, style="dim", highlight=False, soft_wrap=True)
    _json("output", step.output)
    if step.error and not step.attempts:
        _field("error", step.error)
        _json("cause", step.cause)


def execution_document(execution: Execution, logs: InvocationLogs | None = None) -> dict[str, Any]:
    """An execution as JSON: inputs and outputs as documents, with the log of each attempt."""
    found = asdict(execution) | {
        "input": document(execution.input),
        "output": document(execution.output),
        "cause": document(execution.cause),
    }
    if not execution.steps:
        del found["steps"]
        return found
    failed = execution.failed_step
    found["failedStep"] = failed.name if failed else None
    found["steps"] = [_step_document(step, logs) for step in execution.steps]
    return found


def _step_document(step: Step, logs: InvocationLogs | None) -> dict[str, Any]:
    texts = ("input", "output", "cause")
    attempts = [
        asdict(attempt)
        | {key: document(getattr(attempt, key)) for key in texts}
        | ({"log": [event.message for event in logs.of(attempt)]} if logs else {})
        for attempt in step.attempts
    ]
    return (
        asdict(step)
        | {key: document(getattr(step, key)) for key in texts}
        | {"seconds": step.seconds, "attempts": attempts}
    )


def _field(name: str, value: str) -> None:
    console.print(f"{name:10}", end="", style="bold", highlight=False)
    console.print(value, markup=False, highlight=False, soft_wrap=True)


def _json(name: str, text: str | None) -> None:
    if text is None:
        return
    value = document(text)
    lines = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    _field(name, lines.replace("\n", f"\n{' ' * 10}"))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
