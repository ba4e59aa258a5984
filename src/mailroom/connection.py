"""Finds the environment that is up."""

from mailroom.environment import Environment
from mailroom.project import Project


def connect(project: Project) -> Environment:
    """The environment of this checkout that is up.

    Raises:
        NotUp: None is.
    """
    from mailroom.embedded.environment import EmbeddedEnvironment

    return EmbeddedEnvironment(project).connect()
