"""Fixtures of an environment of the tests' own; each conftest.py that imports them has its own."""

from collections.abc import Iterator

import psycopg
import pytest
from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.environments.up_options import UpOptions
from mailroom.progress import Progress
from mailroom.project import Project
from tests.support.containers import compose_settings, containers_up, require_engine
from tests.support.flow import Flow


@pytest.fixture(scope="session")
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The checkout, with a state folder of the tests' own unless they attach."""
    if request.config.getoption("--stack") == "attach":
        return Project.find()
    return Project.find(state=tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest, project: Project) -> Iterator[Environment]:
    """An environment that is up, with the topology deployed."""
    if request.config.getoption("--stack") == "attach":
        yield connect(project)
        return
    if request.config.getoption("--stack") == "compose":
        require_engine(project)
        with containers_up(project, compose_settings()) as environment:
            yield environment
        return
    embedded = EmbeddedEnvironment(project)
    try:
        yield start_environment(
            embedded, Progress(Console(stderr=True)), UpOptions(port=free_port())
        )
    finally:
        embedded.reset()


@pytest.fixture
def database(environment: Environment) -> Iterator[psycopg.Connection]:
    """A connection to the environment's database that may look at everything."""
    with psycopg.connect(environment.database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def flow(environment: Environment, database: psycopg.Connection) -> Flow:
    """The workflow, as a test uses it."""
    return Flow(environment, database)


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEnvironment]:
    """An environment of one test's own that is up: the test stops a part of it."""
    embedded = EmbeddedEnvironment(Project.find(state=tmp_path_factory.mktemp("own")))
    try:
        start_environment(embedded, Progress(Console(stderr=True)), UpOptions(port=free_port()))
        yield embedded
    finally:
        embedded.reset()
