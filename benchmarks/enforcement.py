"""What it costs to hold every call to its policies: the flow beside itself with IAM off."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from benchmarks.figure import Figure, in_turn
from benchmarks.flow import send
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.progress import Progress
from mailroom.project import Project
from tests.support.events import mixed

ROUNDS = 9
VARIABLE = "MAILROOM_IAM"


def measure_enforcement(project: Project, environment: Environment) -> Figure:
    """1,000 messages in an environment that enforces, and in one that doesn't look."""
    with without_iam(project) as other:
        for one in (environment, other):
            send(one, mixed(100))
        enforced, unlooked = in_turn(
            ROUNDS,
            lambda: send(environment, mixed(1000)),
            lambda: send(other, mixed(1000)),
        )
    return Figure("1,000 messages under IAM", enforced, "the same, --iam=off", unlooked, 1.05, "s")


@contextmanager
def without_iam(project: Project) -> Iterator[Environment]:
    """An environment of its own with IAM off; gone at the end."""
    embedded = EmbeddedEnvironment(Project(project.root, project.state / "without-iam"))
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = "off"
    try:
        yield start_environment(embedded, Progress(Console(stderr=True)), port=free_port())
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
        embedded.reset()
