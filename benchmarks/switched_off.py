"""An environment of its own that leaves something out, to measure what that costs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.progress import Progress
from mailroom.project import Project


@contextmanager
def switched_off(project: Project, variable: str) -> Iterator[Environment]:
    """An environment with a variable of its engine set to `off`; gone at the end."""
    embedded = EmbeddedEnvironment(Project(project.root, project.state / f"without-{variable}"))
    before = os.environ.get(variable)
    os.environ[variable] = "off"
    try:
        yield start_environment(
            embedded, Progress(Console(stderr=True)), UpOptions(port=free_port())
        )
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before
        embedded.reset()
