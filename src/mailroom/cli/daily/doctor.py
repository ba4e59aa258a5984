"""`mailroom doctor`."""

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.errors import EXIT_FAILURE
from mailroom.progress import Progress
from mailroom.project import Project


def doctor(json: AsJson = False) -> None:
    """Look whether this machine has what each way of running needs, and say how to mend it.

    Exit code 0 when everything is there that runs on a laptop; Docker and AWS are extra.
    """
    from mailroom.doctor import examine

    with Progress(errors).waiting_for("Looking at this machine"):
        findings = examine(Project.find())
    if json:
        show_json([finding.__dict__ for finding in findings])
    else:
        show_table(
            ["what", "state", "found", "for", "mend"],
            [
                [one.what, "ok" if one.ok else "missing", one.found, one.needed_for, one.mend]
                for one in findings
            ],
        )
    if not all(one.ok for one in findings if one.required):
        raise typer.Exit(EXIT_FAILURE)
