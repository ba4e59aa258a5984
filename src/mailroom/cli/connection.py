"""How a command gets at the environment that is up, or at an account."""

from typing import TYPE_CHECKING

from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.progress import Progress
from mailroom.project import Project

if TYPE_CHECKING:
    from mailroom.promotion.account import Account


def connected(project: Project) -> Environment:
    """The environment that is up; says on standard error which one that is.

    Raises:
        NotUp: None is.
        Refused: Both are, and nothing says which is meant.
    """
    from mailroom.environments.selection import connect

    environment = connect(project)
    errors.print(f"{environment.name} environment, {environment.endpoint}", style="dim")
    return environment


def opened(
    project: Project, env: str, *, bucket: bool = True, parameters: bool = True
) -> "Account":
    """The account of an environment; for arguments and errors see `open_account`."""
    from mailroom.promotion.preflight import open_account

    with Progress(errors).waiting_for(f"Asking AWS about {env}"):
        return open_account(project, env, bucket=bucket, parameters=parameters)
