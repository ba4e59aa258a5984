"""`mailroom resources`."""

from typing import Annotated, Any

import typer

from mailroom.cli.options import AsJson
from mailroom.cli.output import errors, show_json, show_table
from mailroom.progress import Progress
from mailroom.project import Project

_COLUMNS = {
    "logicalName": "logical name",
    "type": "type",
    "physicalName": "physical name",
    "arn": "ARN",
    "url": "URL",
    "endpoint": "endpoint",
}


def resources(
    name: Annotated[
        str | None,
        typer.Argument(help="Show one: its logical or physical name, its ARN or its URL."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Show the stack's resources by all their names.

    A terminal that is too narrow for ARNs and URLs leaves them out: name one resource for them.
    """
    from mailroom.aws.resources import find_resource
    from mailroom.cli.connection import connected

    environment = connected(Project.find())
    with Progress(errors).waiting_for("Asking for the stack's resources"):
        identities = environment.topology.identities
    if name is not None:
        identities = [find_resource(identities, name)]
    found: list[dict[str, Any]] = [
        {
            "logicalName": one.logical_id,
            "type": one.type,
            "physicalName": one.name,
            "arn": one.arn,
            "url": one.url,
            "endpoint": environment.endpoint,
        }
        for one in identities
    ]
    if json:
        show_json(found[0] if name is not None else found)
    elif name is not None:
        for key, value in found[0].items():
            print(f"{_COLUMNS[key]}\t{value or ''}".expandtabs(16))
    else:
        show_table(
            list(_COLUMNS.values()),
            [[one[key] for key in _COLUMNS] for one in found],
            gives_way=("endpoint", "URL", "ARN", "type"),
        )
