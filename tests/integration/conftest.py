"""One environment for all integration tests, beside a developer's own."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mailroom.environments.compose.environment import ComposeEnvironment
from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.containers import gateway
from tests.support.flow import Flow
from tests.support.functions import Functions, making_functions
from tests.support.iam import Iam
from tests.support.ingestion_role import IngestionRole
from tests.support.listener import Listener, listening
from tests.support.own_environment import database as database
from tests.support.own_environment import environment as environment
from tests.support.own_environment import flow as flow
from tests.support.own_environment import project as project
from tests.support.stacks import another_stack
from tests.support.tried import Tried


@pytest.fixture(scope="session")
def this_machine(project: Project, environment: Environment) -> str:
    """This machine's address, as the functions see it."""
    if environment.name == "compose":
        return gateway(ComposeEnvironment(project))
    return "127.0.0.1"


@pytest.fixture
def same_files(environment: Environment) -> None:
    """The functions see this machine's files; a test that needs it is skipped in containers."""
    if environment.name == "compose":
        pytest.skip("functions in containers see other files: tests/compose has its like")


@pytest.fixture
def functions(environment: Environment) -> Iterator[Functions]:
    """Makes Lambda functions that are gone at the end."""
    with making_functions(environment.session) as functions:
        yield functions


@pytest.fixture
def samples(project: Project) -> Path:
    """The real messages that come with the project."""
    return project.root / "samples" / "github-events.jsonl"


@pytest.fixture
def listener(environment: Environment) -> Iterator[Listener]:
    """Hears what is published on the workflow's topic while the test runs."""
    with listening(environment) as listener:
        yield listener


@pytest.fixture
def role(environment: Environment, database: psycopg.Connection) -> IngestionRole:
    """The role as which the workflow ingests."""
    return IngestionRole(environment, database)


@pytest.fixture(scope="session")
def events_stack(project: Project, environment: Environment) -> Iterator[Environment]:
    """A second stack, whose queues are read by event source mappings."""
    with another_stack(project, environment, Consumption="events") as stack:
        yield stack


@pytest.fixture
def events_flow(events_stack: Environment, database: psycopg.Connection) -> Flow:
    """The workflow with consumption `events`."""
    return Flow(events_stack, database)


@pytest.fixture
def events_role(events_stack: Environment, database: psycopg.Connection) -> IngestionRole:
    """The role as which the workflow with consumption `events` ingests."""
    return IngestionRole(events_stack, database)


@pytest.fixture(scope="session")
def hasty_stack(project: Project, environment: Environment) -> Iterator[Environment]:
    """A second stack, whose batches must settle within three seconds."""
    with another_stack(project, environment, SettlementLimitSeconds="3") as stack:
        yield stack


@pytest.fixture
def hasty_flow(hasty_stack: Environment, database: psycopg.Connection) -> Flow:
    """The workflow with a limit of three seconds."""
    return Flow(hasty_stack, database)


@pytest.fixture(scope="session")
def iam_stack(project: Project, environment: Environment) -> Iterator[Environment]:
    """A second stack, whose policies tests may take apart."""
    with another_stack(project, environment) as stack:
        yield stack


@pytest.fixture
def iam_flow(iam_stack: Environment, database: psycopg.Connection) -> Flow:
    """The workflow of that stack."""
    return Flow(iam_stack, database)


@pytest.fixture
def iam(iam_stack: Environment) -> Iam:
    """The roles of that stack, and what was decided about them."""
    return Iam(iam_stack)


@pytest.fixture
def tried(environment: Environment) -> Iterator[Tried]:
    """A stack that isn't there yet, and is gone at the end."""
    tried = Tried(environment.session.client("cloudformation"))
    try:
        yield tried
    finally:
        tried.client.delete_stack(StackName=tried.name)
