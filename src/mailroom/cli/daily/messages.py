"""`mailroom messages`."""

from datetime import datetime
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.cli.times import shown
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

Formats = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
# LIMIT is a bigint.
_MOST = 2**63 - 1


def messages(
    type: Annotated[str | None, typer.Option(help="Only of this type.")] = None,
    batch: Annotated[str | None, typer.Option(help="Only of this batch.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=Formats, help="Only ingested at this time or later.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=Formats, help="Only ingested before this time.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=_MOST, help="Maximum number of rows.")
    ] = 20,
    json: AsJson = False,
) -> None:
    """Show ingested messages, the newest first. Times without an offset are local."""
    from mailroom.cli.connection import connected
    from mailroom.workflow.ingested import Filter, ingested_messages

    selected = Filter(type, batch, _local(since), _local(until), limit)
    environment = connected(Project.find())
    with Progress(errors).waiting_for("Reading the database"):
        found = list(ingested_messages(environment.database, selected))
    if not found:
        from mailroom.cli.daily.no_messages import explain_none

        explain_none(environment, selected)
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


def _local(time: datetime | None) -> datetime | None:
    if time is None or time.tzinfo:
        return time
    try:
        return time.astimezone()
    except (OverflowError, ValueError) as error:
        raise Refused(f"{time} can't be a time in this time zone: {error}") from error
