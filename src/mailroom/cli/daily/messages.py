"""`mailroom messages`."""

from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import Since, Until, shown
from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.progress import Progress
from mailroom.project import Project
from mailroom.wording import did_you_mean, known_names

if TYPE_CHECKING:
    from mailroom.workflow.ingested import Filter

# LIMIT is a bigint.
_MOST = 2**63 - 1

_OUTCOMES = {
    "ingested": "ingested",
    "already_there": "already there",
    "dead_lettered": "dead-lettered",
}


def messages(
    type: Annotated[str | None, typer.Option(help="Only of this type.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only of this batch.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=_MOST, help="Maximum number of rows.")
    ] = 20,
    json: AsJson = False,
) -> None:
    """Show ingested messages, the newest first. Times without an offset are local."""
    from mailroom.cli.connection import connected
    from mailroom.workflow.ingested import Filter, ingested_messages

    selected = Filter(type, batch, since, until, limit)
    environment = connected(Project.find_workflow())
    with Progress(errors).waiting_for("Reading the database"):
        found = list(ingested_messages(environment.database, selected))
    if not found:
        _explain_none(environment, selected)
    if json:
        show_json(found)
        return
    show_table(
        ["ingested at", "type", "subject", "source", "id", "batch"],
        [
            [
                shown(message["ingested_at"]),
                message["type"],
                message["subject"],
                message["source"],
                message["id"],
                message["batch_id"],
            ]
            for message in found
        ],
        gives_way=("source", "batch", "subject"),
    )


def _explain_none(environment: Environment, selected: "Filter") -> None:
    """Say why nothing was found.

    Raises:
        MailroomError: There is no such type, or no such batch.
    """
    from mailroom.workflow.unconsumed import explain_unconsumed

    _require_type(environment, selected.type)
    if selected.batch:
        _explain_batch(environment, selected.batch)
        return
    if selected.since or selected.until or selected.type:
        errors.print("no such message was ingested", style="dim")
    else:
        errors.print(
            "no message was ingested; send some: mailroom send samples/github-events.jsonl",
            style="dim",
        )
    for line in explain_unconsumed(environment):
        errors.print(line, markup=False)


def _require_type(environment: Environment, name: str | None) -> None:
    known = {one for each in environment.topology.subscriptions for one in each.types}
    if name and name not in known:
        raise MailroomError(
            f"there is no message type {name}", known_names(name, "types", sorted(known))
        )


def _explain_batch(environment: Environment, batch: str) -> None:
    from mailroom.workflow.ingested import batches

    newest, outcomes = batches(environment.database, batch)
    if outcomes:
        listed = ", ".join(f"{n} {_OUTCOMES.get(one, one)}" for one, n in outcomes.items())
        errors.print(f"no such message has a row; batch {batch}: {listed}", style="dim")
    elif _has_execution(environment, batch):
        errors.print(f"batch {batch} has ingested no message", style="dim")
    else:
        raise MailroomError(
            f"there is no batch {batch}",
            did_you_mean(batch, newest) or known_names(batch, "newest batches", newest),
        )


def _has_execution(environment: Environment, batch: str) -> bool:
    """Whether there is an execution of the batch, which has its name."""
    from mailroom.executions.history import execution_arn

    client = environment.session.client("stepfunctions")
    execution = execution_arn(environment.outputs["MessageWorkflowArn"], batch)
    try:
        client.describe_execution(executionArn=execution)
    except client.exceptions.ClientError:
        return False
    return True
