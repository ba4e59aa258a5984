"""Connects a command to the environment that is up, or to an account."""

from typing import TYPE_CHECKING

from mailroom.cli.options import LOCAL
from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.promotion.account import Account


def connected(project: Project, database: bool = True) -> Environment:
    """The environment that is up; its name is shown on standard error.

    Args:
        project: The checkout.
        database: Whether its Postgres must be up too.

    Raises:
        NotUp: None is up, or only a part of it.
        Refused: Both are up, and MAILROOM_ENVIRONMENT names none.
    """
    from mailroom.environments.selection import connect

    environment = connect(project, database)
    errors.print(f"{environment.name} environment, {environment.endpoint}", style="dim")
    return environment


def connected_to(project: Project, env: str, database: bool = True) -> Environment:
    """The environment that is up if the name is `local`, else what is deployed to an account's.

    Raises:
        NotUp: None is up, or only a part of it.
        Refused: The account can't be used, or nothing is deployed there.
    """
    if env == LOCAL:
        return connected(project, database)
    from mailroom.promotion.preflight import deployed_environment

    with Progress(errors).waiting_for(f"Asking AWS about {env}"):
        return deployed_environment(project, env)


def opened(
    project: Project, env: str, *, bucket: bool = True, parameters: bool = True
) -> "Account":
    """The account of an environment; for arguments and errors see `open_account`."""
    from mailroom.promotion.preflight import open_account

    with Progress(errors).waiting_for(f"Asking AWS about {env}"):
        return open_account(project, env, bucket=bucket, parameters=parameters)
