"""`mailroom queues`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import as_json, shown
from mailroom.environments.environment import Environment
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.workflow.queues import QueueState


def queues(
    queue: Annotated[
        str | None, typer.Argument(help="Show this queue's messages; none is received.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Maximum number of rows.")
    ] = 20,
    json: AsJson = False,
) -> None:
    """Show the depth of every queue, or the messages in one."""
    from mailroom.cli.connection import connected
    from mailroom.workflow.queues import peek, queue_states

    environment = connected(Project.find())
    if queue is None:
        with Progress(errors).waiting_for("Looking at the queues"):
            states = queue_states(environment)
        if json:
            show_json([state.__dict__ for state in states])
        else:
            show_table(
                ["queue", "depth", "in flight", "oldest"],
                [[s.name, s.depth, s.in_flight, age(s.oldest_age)] for s in states],
            )
        _explain(environment, states)
        return
    with Progress(errors).waiting_for(f"Looking into {queue}"):
        found = peek(environment, queue)[:limit]
    if json:
        show_json([{**message, "sent": as_json(message["sent"])} for message in found])
        return
    if not found:
        fills = environment.is_workflow and environment.topology.type_of(queue)
        how = f"; send some of type {fills}: mailroom send FILE" if fills else ""
        errors.print(f"no message is in {queue}{how}", style="dim", soft_wrap=True)
    show_table(
        ["id", "sent", "received", "attributes", "body"],
        [
            [
                message["id"],
                shown(message["sent"]),
                message["received"],
                " ".join(f"{name}={value}" for name, value in message["attributes"].items()),
                message["body"][:80],
            ]
            for message in found
        ],
        below=("body", "attributes"),
    )
    _explain(environment, queue_states(environment), queue)


def _explain(environment: Environment, states: "list[QueueState]", only: str | None = None) -> None:
    from mailroom.workflow.unconsumed import explain_unconsumed

    for line in explain_unconsumed(environment, [s for s in states if only in (None, s.name)]):
        errors.print(line, markup=False)


def age(seconds: float | None) -> str | None:
    """A duration in hours, minutes and seconds."""
    if seconds is None:
        return None
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours} h {minutes} min"
        if hours
        else f"{minutes} min {rest} s"
        if minutes
        else f"{rest} s"
    )
