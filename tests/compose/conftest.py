"""What only containers have, tried in checkouts of the tests' own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from mailroom.environments.compose.environment import POSTGRES, ComposeEnvironment
from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.checkout import copy_checkout
from tests.support.command import Command
from tests.support.containers import (
    compose_settings,
    containers_up,
    require_engine,
    without_settings,
)
from tests.support.flow import Flow


@dataclass(frozen=True)
class Stack:
    """A checkout whose containers are up.

    Attributes:
        project: The checkout.
        local: Its containers.
        mailroom: The command, run in it.
    """

    project: Project
    local: ComposeEnvironment
    mailroom: Command

    @classmethod
    def of(cls, project: Project) -> "Stack":
        command = Command(project.root, project.state, environment="compose")
        return cls(project, ComposeEnvironment(project), command)

    def up(self) -> Environment:
        """Wait until it is healthy, as a user would after a restart."""
        self.local.compose.work("up", "--wait", "--wait-timeout", "180")
        return self.local.connect()

    def inspect(self, service: str, what: str) -> str:
        """A piece of `docker inspect`, in Go's template language."""
        return self.local.compose.inspect(self.local.containers[service], what)

    def run(self, service: str, *command: str) -> str:
        """Run a command in a container."""
        return self.local.compose.ask("exec", "--no-TTY", service, *command)

    def rows(self) -> set[str]:
        """The ids of all messages that were ingested."""
        query = ("psql", "-U", "postgres", "-d", "mailroom", "-tAc", "SELECT id FROM messages")
        return set(self.run(POSTGRES, *query).split())


@pytest.fixture(scope="session", autouse=True)
def own_settings() -> Iterator[None]:
    """The shell's settings of docker-compose.yml don't count here."""
    with without_settings():
        yield


@pytest.fixture(scope="session")
def checkout() -> Project:
    """The checkout; skips where there is no engine."""
    project = Project.find()
    require_engine(project)
    return project


@pytest.fixture(scope="session")
def stack(checkout: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A checkout whose containers are up, healthy, and gone at the end."""
    settings = compose_settings()
    project = copy_checkout(checkout, tmp_path_factory.mktemp("stack"), settings)
    with containers_up(project, settings):
        yield Stack.of(project)


@pytest.fixture
def flow(stack: Stack) -> Iterator[Flow]:
    """The workflow, as a test uses it."""
    environment = stack.up()
    with psycopg.connect(environment.database, autocommit=True) as database:
        yield Flow(environment, database)


@pytest.fixture
def another(checkout: Project, stack: Stack, tmp_path: Path) -> Iterator[Stack]:
    """A second checkout in a folder of the same name, with nothing up yet.

    Whatever a test starts there is gone at its end.
    """
    name = stack.project.root.name
    another = Stack.of(copy_checkout(checkout, tmp_path, compose_settings(), name))
    try:
        yield another
    finally:
        another.local.reset()
