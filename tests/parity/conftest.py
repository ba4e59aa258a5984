"""One engine for all behaviours, and what they make on it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from mailroom_localstack.executor.processes.filesystem_sandbox import available

from mailroom.errors import MailroomError
from mailroom.project import Project
from tests.parity.endpoint import Endpoint
from tests.parity.engines import Stack, reach
from tests.parity.made import new_name
from tests.parity.made.buckets import Buckets
from tests.parity.made.functions import PROBE, Functions
from tests.parity.made.machines import Machines
from tests.parity.made.queues import Queues
from tests.parity.made.roles import Roles, allow, own
from tests.parity.made.secrets import Secrets
from tests.parity.made.stacks import Stacks
from tests.parity.made.topics import Topics
from tests.parity.results import Recorder
from tests.support.functions import Function

NO_ENGINE = 3
# What this system has of what the engine needs to keep a behaviour.
_HERE = {"landlock"} if available() else set()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--parity-results", type=Path, help="file for what each behaviour came to")


def pytest_configure(config: pytest.Config) -> None:
    results = config.getoption("--parity-results", None)
    if results:
        config.pluginmanager.register(Recorder(results))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each behaviour names its page; one that is known to differ has to differ."""
    has_plugin = config.getoption("--stack") in (Stack.embedded, Stack.attach)
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        if item.get_closest_marker("behaviour") is None:
            raise pytest.UsageError(f"{item.nodeid} names no page of AWS's documentation")
        known = item.get_closest_marker("differs")
        if known and has_plugin and known.kwargs.get("needs") not in _HERE:
            raises = (AssertionError, ClientError, pytest.fail.Exception)
            item.add_marker(pytest.mark.xfail(reason=known.args[0], raises=raises, strict=True))


@pytest.fixture(scope="session")
def endpoint(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Endpoint]:
    """The engine."""
    name = request.config.getoption("--stack")
    if name == "compose":
        pytest.skip("bring the containers up, and try the behaviours with --stack=attach")
    stack = Stack(name)
    state = None if stack is Stack.attach else tmp_path_factory.mktemp("parity")
    try:
        with reach(stack, Project.find(state)) as endpoint:
            yield endpoint
    except MailroomError as error:
        pytest.exit(f"{error}\n{error.hint}", NO_ENGINE)


@pytest.fixture(scope="session")
def shared() -> Iterator[ExitStack]:
    """Takes away at the end of all what more than one behaviour used."""
    with ExitStack() as cleanup:
        yield cleanup


@pytest.fixture
def cleanup() -> Iterator[ExitStack]:
    """Takes away at the end of a behaviour what it made."""
    with ExitStack() as cleanup:
        yield cleanup


@pytest.fixture
def queues(endpoint: Endpoint, cleanup: ExitStack) -> Queues:
    """Makes queues."""
    return Queues(endpoint, cleanup)


@pytest.fixture
def topics(endpoint: Endpoint, cleanup: ExitStack) -> Topics:
    """Makes topics."""
    return Topics(endpoint, cleanup)


@pytest.fixture
def stacks(endpoint: Endpoint, cleanup: ExitStack) -> Stacks:
    """Makes stacks."""
    return Stacks(endpoint, cleanup)


@pytest.fixture(scope="session")
def shared_stacks(endpoint: Endpoint, shared: ExitStack) -> Stacks:
    """Makes stacks that more than one behaviour uses."""
    return Stacks(endpoint, shared)


@pytest.fixture
def secrets(endpoint: Endpoint, cleanup: ExitStack) -> Secrets:
    """Makes secrets."""
    return Secrets(endpoint, cleanup)


@pytest.fixture
def buckets(endpoint: Endpoint, cleanup: ExitStack) -> Buckets:
    """Makes buckets."""
    return Buckets(endpoint, cleanup)


@pytest.fixture
def roles(endpoint: Endpoint, cleanup: ExitStack) -> Roles:
    """Makes roles and users."""
    return Roles(endpoint, cleanup)


@pytest.fixture(scope="session")
def function_role(endpoint: Endpoint, shared: ExitStack) -> str:
    """A role for functions: they may use the tests' queues, and write their log."""
    queues = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:SendMessage",
    ]
    logging = ["logs:CreateLogStream", "logs:PutLogEvents"]
    logs = f"arn:aws:logs:*:*:log-group:/aws/lambda/{own('').rpartition(':')[2]}"
    return Roles(endpoint, shared).make("lambda", allow(queues, own("sqs")), allow(logging, logs))


@pytest.fixture(scope="session")
def machine_role(endpoint: Endpoint, shared: ExitStack) -> str:
    """A role for state machines: they may invoke the tests' functions."""
    return Roles(endpoint, shared).make(
        "states", allow("lambda:InvokeFunction", own("lambda", "function:"))
    )


@pytest.fixture(scope="session")
def probe(endpoint: Endpoint, shared: ExitStack, function_role: str) -> Function:
    """A function that does what it is told, for every behaviour that leaves it as it is."""
    return Functions(endpoint, shared, function_role).make(PROBE)


@pytest.fixture
def log_group(endpoint: Endpoint, cleanup: ExitStack) -> str:
    """A log group that functions may write to; its name."""
    logs, name = endpoint.client("logs"), f"/aws/lambda/{new_name()}"
    logs.create_log_group(logGroupName=name)
    cleanup.callback(logs.delete_log_group, logGroupName=name)
    return name


@pytest.fixture
def functions(endpoint: Endpoint, cleanup: ExitStack, function_role: str) -> Functions:
    """Makes functions."""
    return Functions(endpoint, cleanup, function_role)


@pytest.fixture
def machines(endpoint: Endpoint, cleanup: ExitStack, machine_role: str) -> Machines:
    """Makes state machines."""
    return Machines(endpoint, cleanup, machine_role)
