"""`mailroom replay`."""

from pathlib import Path
from typing import Annotated

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json
from mailroom.progress import Progress
from mailroom.project import Project


def replay(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|BATCH",
            help="JSON Lines file, or a batch's id, which is its execution's name.",
        ),
    ],
    json: AsJson = False,
) -> None:
    """Send messages again: those of a file, or of a batch that `executions list` shows.

    Of a batch that succeeded, the messages that it ingested; of any other, all that were in the
    execution's input. A message that is in the database makes no second row.
    """
    from mailroom.cli.connection import connected
    from mailroom.cli.daily.send import print_result, send_files
    from mailroom.temporary import temporary_folder
    from mailroom.workflow.replaying import write_replay

    project = Project.find_workflow()
    environment = connected(project)
    with temporary_folder(project.state) as folder:
        file = Path(what)
        if not file.exists():
            with Progress(errors).waiting_for("Reading the batch"):
                file = write_replay(environment, what, folder)
        result = send_files(project, environment, [str(file)])
    if json:
        show_json(result)
    else:
        print_result(result)
