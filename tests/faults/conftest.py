"""An environment for the fault tests; those that break its engine or database have their own."""

from collections.abc import Iterator

import psycopg
import pytest
from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.up_options import UpOptions
from mailroom.progress import Progress
from mailroom.project import Project
from tests.faults.processes import FunctionProcesses
from tests.faults.proxy import Proxy, proxying
from tests.faults.run import Run
from tests.support.command import Command
from tests.support.flow import Flow
from tests.support.ingestion_role import IngestionRole


@pytest.fixture(scope="session")
def embedded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedEnvironment]:
    """An embedded environment that is up: the tests may kill its processes."""
    if request.config.getoption("--stack") == "attach":
        yield EmbeddedEnvironment(Project.find())
        return
    embedded = EmbeddedEnvironment(Project.find(state=tmp_path_factory.mktemp("faults")))
    try:
        start_environment(embedded, Progress(Console(stderr=True)), UpOptions(port=free_port()))
        yield embedded
    finally:
        embedded.reset()


@pytest.fixture(scope="session")
def environment(embedded: EmbeddedEnvironment) -> Environment:
    """How to reach its parts."""
    return embedded.connect()


@pytest.fixture
def database(environment: Environment) -> Iterator[psycopg.Connection]:
    """A connection to the environment's database that may look at everything."""
    with psycopg.connect(environment.database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def environment_dsn(environment: Environment) -> str:
    """The connection string of the database's superuser."""
    return environment.database


@pytest.fixture
def flow(environment: Environment, database: psycopg.Connection) -> Flow:
    """The workflow, as a test uses it."""
    return Flow(environment, database)


@pytest.fixture
def run(flow: Flow) -> Run:
    """A load of the test's own, with its checker."""
    return Run(flow)


@pytest.fixture
def role(environment: Environment, database: psycopg.Connection) -> IngestionRole:
    """The role as which the workflow ingests."""
    return IngestionRole(environment, database)


@pytest.fixture
def processes(embedded: EmbeddedEnvironment, database: psycopg.Connection) -> FunctionProcesses:
    """The processes of the functions."""
    return FunctionProcesses(embedded, database)


@pytest.fixture
def mailroom(embedded: EmbeddedEnvironment) -> Command:
    """The `mailroom` command on this environment."""
    return Command(embedded.project.root, embedded.project.state)


@pytest.fixture
def soon_visible(environment: Environment) -> Iterator[None]:
    """Messages of a killed consumer become visible in seconds, not in six minutes."""
    client = environment.session.client("sqs")
    queues = [environment.outputs[f"{kind}QueueUrl"] for kind in ("Notification", "Alert")]
    try:
        for queue in queues:
            client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "3"})
        yield
    finally:
        for queue in queues:
            client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "360"})


@pytest.fixture
def proxy(
    embedded: EmbeddedEnvironment, role: IngestionRole, processes: FunctionProcesses
) -> Iterator[Proxy]:
    """A proxy between the functions and their database, for the length of a test."""
    state = embedded.state
    assert state
    with proxying("127.0.0.1", state.postgres_port) as proxy, role.other_secret(port=proxy.port):
        processes.forget()
        yield proxy
    processes.forget()
