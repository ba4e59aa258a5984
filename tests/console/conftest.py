"""A console of the tests' own, and a browser that looks at it."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console as Terminal

from mailroom.console.background import ConsoleProcess
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.progress import Progress
from mailroom.project import Project
from tests.support.browser import NoBrowser, browser
from tests.support.flow import Flow
from tests.support.rejected import DeadLetters

# How soon a page shows what happens is a figure of `make bench`; a busy machine is slower.
expect.set_options(timeout=30_000)


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
    embedded = EmbeddedEnvironment(project)
    try:
        yield start_environment(embedded, Progress(Terminal(stderr=True)), port=free_port())
    finally:
        embedded.reset()


@pytest.fixture(scope="session")
def console(environment: Environment, project: Project) -> Iterator[str]:
    """The address of a console that shows the environment."""
    process = ConsoleProcess(project)
    url = process.start(free_port())
    try:
        process.wait(url)
        yield url
    finally:
        process.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped where there is none."""
    try:
        with browser() as started:
            yield started
    except NoBrowser as missing:
        pytest.skip(str(missing))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of 1280 pixels. A test fails if a script of the page fails, or the CSP blocks one."""
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        opened = context.new_page()
        wrong: list[str] = []
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on(
            "console",
            lambda said: wrong.append(said.text) if "Content Security" in said.text else None,
        )
        yield opened
        assert wrong == []


@pytest.fixture
def database(environment: Environment) -> Iterator[psycopg.Connection]:
    """A connection to the environment's database that may change everything."""
    with psycopg.connect(environment.database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def flow(environment: Environment, database: psycopg.Connection) -> Flow:
    """The workflow, as a test uses it."""
    return Flow(environment, database)


@pytest.fixture
def dead(environment: Environment) -> Iterator[DeadLetters]:
    """Puts messages into a dead-letter queue; they are gone at the end."""
    letters = DeadLetters(environment, "AlertDeadLetterQueue")
    try:
        yield letters
    finally:
        letters.clear()
