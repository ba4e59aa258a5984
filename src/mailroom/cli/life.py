"""`mailroom up`, `down` and `reset`."""

from typing import Annotated

import typer

from mailroom.cli.output import console, errors
from mailroom.cli.status import print_status
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project

Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, envvar="MAILROOM_PORT", help="LocalStack's port; 4566 the first time."
    ),
]
Packaged = Annotated[
    bool, typer.Option("--packaged", help="Run exactly the zip that would go to AWS.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", "-p", metavar="NAME=VALUE", help="Template parameter; may be repeated."
    ),
]


def up(
    port: Port = None,
    packaged: Packaged = False,
    parameter: Parameters = None,
) -> None:
    """Start LocalStack and Postgres, deploy the topology, migrate the database."""
    from mailroom.embedded.environment import EmbeddedEnvironment
    from mailroom.embedded.startup import start_environment

    embedded = EmbeddedEnvironment(Project.find())
    start_environment(embedded, Progress(errors), port, packaged, _parsed(parameter or []))
    print_status(embedded)


def down() -> None:
    """Stop everything that `up` started. The data stays."""
    from mailroom.embedded.environment import EmbeddedEnvironment

    stopped = EmbeddedEnvironment(Project.find()).down()
    errors.print("down" if stopped else "nothing was up")


def reset(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop everything and delete the data, the logs and what was built."""
    from mailroom.embedded.environment import EmbeddedEnvironment

    embedded = EmbeddedEnvironment(Project.find())
    question = f"Delete {embedded.project.state}, with every message in the database?"
    if not yes and not _confirmed(question):
        raise Refused("nothing was deleted")
    embedded.reset()
    errors.print("reset")


def _confirmed(question: str) -> bool:
    if not console.is_terminal:
        raise Refused("this deletes data and there is no terminal to ask on", "add --yes")
    return typer.confirm(question)


def _parsed(parameters: list[str]) -> dict[str, str]:
    pairs = [parameter.partition("=") for parameter in parameters]
    malformed = [name for name, equals, _ in pairs if not equals]
    if malformed:
        raise Refused(f"not NAME=VALUE: {', '.join(malformed)}")
    return {name: value for name, _, value in pairs}
