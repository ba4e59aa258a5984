"""`mailroom env`, `run` and `aws`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mailroom.access.variables import (
    REMOVED,
    Format,
    add_to_github,
    all_variables,
    aws_variables,
    written,
)
from mailroom.cli.output import errors, show_json
from mailroom.cli.programs import replace_process
from mailroom.database.logins import Login
from mailroom.environments.selection import choose, connect, reach
from mailroom.errors import NoAwsCli
from mailroom.progress import Progress
from mailroom.project import Project

Role = Annotated[Login, typer.Option("--role", help="Who logs in to the database by DATABASE_URL.")]
Command = Annotated[
    list[str], typer.Argument(metavar="COMMAND [ARGUMENT]...", help="The program to run.")
]
Arguments = Annotated[
    list[str] | None, typer.Argument(metavar="[ARGUMENT]...", help="Arguments of the AWS CLI.")
]
_LOOKING = "Looking for the environment that is up"


def env(
    format: Annotated[
        Format,
        typer.Option(
            "--format",
            help="`sh` or `fish`, for `eval`; a file as `dotenv` or `json`; `github` adds them to"
            " the file of GITHUB_ENV.",
        ),
    ] = Format.SH,
    role: Role = Login.OWNER,
) -> None:
    """Print the variables by which other programs reach the environment.

    Endpoint, region, credentials, the database's URL with its password, and the stack's outputs.
    """
    variables = _variables(role)
    if format is Format.JSON:
        show_json(variables)
    elif format is Format.GITHUB:
        # From here on GitHub shows stars in the job's log.
        print(f"::add-mask::{variables.get('DATABASE_URL', '')}")
        add_to_github(variables)
    else:
        print(written(variables, format), end="")


def run(command: Command, role: Role = Login.OWNER) -> None:
    """Run a program with the variables of `mailroom env`."""
    replace_process(command, _variables(role), REMOVED)


def aws(arguments: Arguments = None) -> None:
    """Run the AWS CLI on the environment."""
    with Progress(errors).waiting_for(_LOOKING):
        environment = connect(Project.find())
    own = Path(sys.executable).with_name("aws")
    if not own.exists():
        raise NoAwsCli
    # AWS CLI 1 ignores AWS_ENDPOINT_URL for SQS.
    command = [os.fspath(own), f"--endpoint-url={environment.endpoint}", *(arguments or ())]
    replace_process(command, aws_variables(environment), REMOVED)


def _variables(role: Login) -> dict[str, str]:
    from mailroom.environments.compose.environment import ComposeEnvironment

    project = Project.find()
    with Progress(errors).waiting_for(_LOOKING):
        local = choose(project)
        environment = reach(project, local)
        url = local.database_url(role) if environment.database else None
        found = all_variables(environment, url)
    if isinstance(local, ComposeEnvironment):
        # For `docker compose` itself, which would choose another name.
        found["COMPOSE_PROJECT_NAME"] = local.compose.project_name
    return found
