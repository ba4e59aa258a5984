"""`mailroom doctor`."""

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.errors import EXIT_FAILURE
from mailroom.progress import Progress
from mailroom.project import Project


def doctor(json: AsJson = False) -> None:
    """Check whether this machine has what the commands need, and say how to get what is missing.

    Exit code 0 when the embedded environment can run; Docker and AWS are optional.
    """
    from mailroom.doctor import examine

    with Progress(errors).waiting_for("Looking at this machine"):
        findings = examine(Project.find())
    if json:
        show_json([finding.__dict__ for finding in findings])
    else:
        show_table(
            ["what", "state", "found", "for", "fix"],
            [
                [one.what, "ok" if one.ok else "missing", one.found, one.needed_for, one.fix]
                for one in findings
            ],
            below=("fix",),
            gives_way=("for",),
        )
    if not all(one.ok for one in findings if one.required):
        raise typer.Exit(EXIT_FAILURE)
