"""`mailroom summary`: what a run did, in Markdown, for the page of a CI job."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.dead_letters.queued_messages import QueuedMessage
    from mailroom.environments.environment import Environment
    from mailroom.tracing.steps import Step
    from mailroom.tracing.way import Tracer
    from mailroom.workflow.outcomes import Outcome

# A job's page shows at most 1 MiB.
_BATCHES = 100
_WAYS = 20


def summary() -> None:
    """Print Markdown for a CI job's page: outcomes by type, and the way of each failed message."""
    from mailroom.cli.connection import connected

    environment = connected(Project.find())
    with Progress(errors).waiting_for("Following the messages that failed"):
        text = "\n".join(_lines(environment))
    print(text)


def _lines(environment: "Environment") -> Iterator[str]:
    from mailroom.tracing.way import Tracer

    yield "## Mailroom"
    yield ""
    yield from _table(_outcomes(environment))
    failed = _failed(environment)
    if not failed:
        yield ""
        yield "No message is in a dead-letter queue, and none is unrouted."
        return
    yield ""
    yield f"### {len(failed)} failed"
    tracer = Tracer(environment)
    for message in failed[:_WAYS]:
        yield ""
        yield from _way(tracer, message)
    if len(failed) > _WAYS:
        yield ""
        yield f"{len(failed) - _WAYS} more: `mailroom dead-letters`, `mailroom unrouted`"


def _outcomes(environment: "Environment") -> "Iterator[Outcome]":
    from mailroom.executions.history import list_executions, read_execution
    from mailroom.workflow.outcomes import outcomes

    session = environment.session
    for execution in list_executions(session, environment.state_machines, limit=_BATCHES):
        yield from outcomes(environment, read_execution(session, execution.arn))


def _table(found: "Iterator[Outcome]") -> Iterator[str]:
    """Sums of all batches; a type of which nothing is known has no row."""
    sums: dict[str, list[int]] = {}
    for one in found:
        row = sums.setdefault(one.type, [0, 0, 0, 0])
        for column, count in enumerate(
            (one.published or 0, one.ingested, one.already_there, one.dead)
        ):
            row[column] += count
    if not sums:
        yield "No batch was sent."
        return
    yield "| type | published | ingested | already there | dead |"
    yield "|---|--:|--:|--:|--:|"
    for type_, row in sorted(sums.items()):
        yield "| " + " | ".join([escape(type_), *map(str, row)]) + " |"


def _failed(environment: "Environment") -> "list[QueuedMessage]":
    from mailroom.dead_letters.listing import list_messages
    from mailroom.dead_letters.queued_messages import DEAD_LETTERS, UNROUTED, MessageFilter

    return [
        message
        for group in (DEAD_LETTERS, UNROUTED)
        for message in list_messages(environment, group.choose(environment), MessageFilter())
    ]


def _way(tracer: "Tracer", message: "QueuedMessage") -> Iterator[str]:
    """One message, folded; what is in it is data, so nothing in it counts as Markdown."""
    found = tracer.find(message.id)
    reason = message.reason or "unrouted"
    yield "<details>"
    yield (f"<summary>{escape(message.queue)}: {escape(reason)} ({escape(message.id)})</summary>")
    yield "<pre>"
    if message.text("detail"):
        yield _text(str(message.text("detail")))
    for one in found[:1]:
        yield from map(_step, tracer.follow(one).steps)
    yield "</pre>"
    yield "</details>"


def _step(step: "Step") -> str:
    time = "" if step.at is None else f"{datetime.fromtimestamp(step.at, UTC):%H:%M:%S.%f}"[:12]
    return f"{time:12} {step.kind:13} {_text(step.text)}"


def _text(text: str) -> str:
    """Text in one line, as an empty one would end the HTML."""
    return escape(" ".join(text.split()))
