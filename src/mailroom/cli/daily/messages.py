"""`mailroom messages`."""

from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import Since, Until
from mailroom.progress import Progress
from mailroom.project import Project

# LIMIT is a bigint.
_MOST = 2**63 - 1


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
    database = connected(Project.find()).database
    with Progress(errors).waiting_for("Reading the database"):
        found = list(ingested_messages(database, selected))
    if json:
        show_json(found)
        return
    show_table(
        ["ingested at", "type", "subject", "source", "id", "batch"],
        [
            [
                f"{message['ingested_at'].astimezone():%Y-%m-%d %H:%M:%S}",
                message["type"],
                message["subject"],
                message["source"],
                message["id"],
                message["batch_id"],
            ]
            for message in found
        ],
    )
