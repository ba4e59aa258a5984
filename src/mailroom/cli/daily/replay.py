"""`mailroom replay`."""

from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project


def replay(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|BATCH",
            help="JSON Lines file, also of `dead-letters purge`, or a batch's id, which is its"
            " execution's name.",
        ),
    ],
    json: AsJson = False,
) -> None:
    """Send messages again: those of a file, or of a batch that `executions list` shows.

    Of a batch that succeeded, the messages that it ingested; of any other, all that were in the
    execution's input. A message that is in the database makes no second row. What `purge` wrote
    goes back to the queues and topics that it came from, in every application.
    """
    from mailroom.cli.connection import connected
    from mailroom.cli.daily.send import print_result, send_files
    from mailroom.dead_letters.copying import read_export
    from mailroom.dead_letters.redrive import send_again
    from mailroom.temporary import temporary_folder
    from mailroom.workflow.replaying import write_replay

    project, file = Project.find(), Path(what)
    exported = read_export(file)
    if not (exported or project.is_workflow):
        raise Refused(
            f"{what} is no file that `mailroom dead-letters purge` wrote",
            "batches and files of events are of the message workflow alone",
        )
    environment = connected(project)
    if exported:
        with Progress(errors).waiting_for("Sending the messages back"):
            counts = send_again(environment, exported)
        _show_counts(counts, json)
        return
    with temporary_folder(project.state) as folder:
        if not file.exists():
            with Progress(errors).waiting_for("Reading the batch"):
                file = write_replay(environment, what, folder)
        result = send_files(project, environment, [str(file)])
    if json:
        show_json(result)
    else:
        print_result(result)


def _show_counts(counts: dict[str, int], json: bool) -> None:
    if json:
        show_json(counts)
        return
    for queue, count in counts.items():
        errors.print(f"{queue}: {count} sent back")
