"""Connects tests to an application that is up, or brings one up for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from mailroom.environments.embedded.application import start_application
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.environments.up_options import UpOptions
from mailroom.errors import NotUp
from mailroom.progress import Progress
from mailroom.project import Project


@contextmanager
def connect_or_start(project: Project, state: Path) -> Iterator[Environment]:
    """The application's environment if it is up; else one that is gone afterwards.

    Args:
        project: The application.
        state: Folder of the state of an environment that has to be started.

    Raises:
        MailroomError: It could not be brought up.
    """
    try:
        environment = connect(project)
    except NotUp:
        pass
    else:
        yield environment
        return
    embedded = EmbeddedEnvironment(replace(project, state=state))
    start = start_environment if project.is_workflow else start_application
    try:
        yield start(embedded, Progress(Console(stderr=True)), UpOptions(port=free_port()))
    finally:
        embedded.reset()
