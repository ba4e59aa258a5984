"""How a command gets at the environment that is up."""

from mailroom.cli.output import errors
from mailroom.environments.environment import Environment
from mailroom.project import Project


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
