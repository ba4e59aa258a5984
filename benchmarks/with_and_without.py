"""Two environments that differ in one thing, to measure what it costs."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.progress import Progress
from mailroom.project import Project


@contextmanager
def with_and_without(project: Project, variable: str) -> Iterator[tuple[Environment, Environment]]:
    """An environment, and one with a variable of its engine set to `off`; gone at the end.

    Both are new: an engine that has worked for a while is slower by more than what is measured.
    """
    with ExitStack() as both:
        yield (
            both.enter_context(_started(project, f"with-{variable}", {})),
            both.enter_context(_started(project, f"without-{variable}", {variable: "off"})),
        )


@contextmanager
def _started(project: Project, name: str, variables: dict[str, str]) -> Iterator[Environment]:
    embedded = EmbeddedEnvironment(Project(project.root, project.state / name))
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        started = start_environment(
            embedded, Progress(Console(stderr=True)), UpOptions(port=free_port())
        )
    finally:
        os.environ.clear()
        os.environ.update(before)
    try:
        yield started
    finally:
        embedded.reset()
