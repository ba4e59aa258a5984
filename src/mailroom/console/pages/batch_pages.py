"""Pages Batches and one batch: executions, what happened in them, and to their messages."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from mailroom.console.batches import histories
from mailroom.console.batches.pictures import run_of, timeline
from mailroom.console.graphs.state_machine import draw_machine
from mailroom.console.graphs.timeline import draw_timeline
from mailroom.console.page import Document, Page, Visit
from mailroom.console.stored import stored
from mailroom.environments.environment import Environment
from mailroom.errors import Refused
from mailroom.executions.execution import Execution, Step
from mailroom.workflow.ingested import Filter, ingested_messages

_MOST_BATCHES = 50
_MOST_STEPS = 200
_MOST_ROWS = 20


def overview(visit: Visit) -> Document:
    """The newest executions with state, duration, and counts per type."""
    environment = visit.environment
    found = histories.newest(environment, visit.number("limit", _MOST_BATCHES, 1000))
    names = [one.name for one in found]
    settled, trouble = stored(environment, lambda it: histories.settled(it, names))
    batches = [{**_summary(one), "types": (settled or {}).get(one.name, [])} for one in found]
    machine = next(iter(histories.machines(environment).values()), "")
    return {"batches": batches, "trouble": trouble, "machine": machine}


def one_batch(visit: Visit) -> Document:
    """An execution: its graph, timeline and steps, and the messages of its batch."""
    environment = visit.environment
    execution = histories.read(environment, visit.path["name"])
    definition = histories.definition(environment, execution)
    here = f"/batches/{execution.name}"
    now = datetime.now(UTC)

    def link(state: str) -> str:
        return f"{here}?{urlencode({'state': state})}#step"

    entered = {step.name for step in execution.steps}
    seconds = ((execution.stopped or now) - execution.started).total_seconds()
    machine = execution.state_machine.rpartition(":")[2]
    chosen = _chosen(execution, visit)
    return {
        "batch": {**_summary(execution), "arn": execution.arn, "machine": machine},
        "reason": execution.reason if execution.failed_step or execution.error else "",
        "failed": execution.failed_step,
        "graph": draw_machine(
            definition,
            run_of(definition, execution),
            name=f"{machine} in {execution.name}",
            link=lambda state: link(state) if state in entered else None,
        ),
        "timeline": draw_timeline(
            timeline(execution, now, link), seconds, running=execution.running
        ),
        "steps": execution.steps[-_MOST_STEPS:],
        "more_steps": max(0, len(execution.steps) - _MOST_STEPS),
        "chosen": chosen,
        "passes": [one for one in execution.steps if chosen and one.name == chosen.name],
        "logs": _logs(environment, chosen),
        **_messages(environment, execution),
    }


def _summary(execution: Execution) -> dict[str, Any]:
    return {
        "name": execution.name,
        "status": execution.status,
        "started": execution.started,
        "stopped": execution.stopped,
        "seconds": execution.seconds,
    }


def _chosen(execution: Execution, visit: Visit) -> Step | None:
    """The step that is looked at: the one that is named, else where it failed, else the last task.

    Raises:
        Refused: There is no such step.
    """
    steps = execution.steps
    if id := visit.query.get("step"):
        found = [one for one in steps if str(one.id) == id]
    elif state := visit.query.get("state"):
        found = [one for one in steps if one.name == state]
        found = [one for one in found if one.status in ("failed", "caught")] or found[-1:]
    else:
        tasks = [one for one in steps if one.attempts] or list(steps)
        failed = execution.failed_step
        return failed or (tasks[-1] if tasks else None)
    if not found:
        raise Refused(f"{execution.name} has no such step")
    return found[0]


def _logs(environment: Environment, step: Step | None) -> list[list[Any]]:
    """The log of each attempt of a step, in their order."""
    attempts = step.attempts if step else ()
    return [histories.log_of(environment, attempt) for attempt in attempts]


def _messages(environment: Environment, execution: Execution) -> Document:
    """What the database knows of a batch; without it, why."""

    def read(database: str) -> Document:
        of_batch = Filter(batch=execution.name, limit=_MOST_ROWS)
        rows = ingested_messages(database, of_batch)
        return {
            "rows": [{key: row[key] for key in row if key != "event"} for row in rows],
            "dead": histories.dead_letters(database, execution.name, _MOST_ROWS),
        }

    found, trouble = stored(environment, read)
    outcomes = histories.counts(environment, execution)
    return {**(found or {"rows": [], "dead": []}), "trouble": trouble, "outcomes": outcomes}


PAGES = [
    Page("/batches", "batches.html", overview, live=True),
    Page("/batches/{name}", "batch.html", one_batch, live=True),
]
