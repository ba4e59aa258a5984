"""A console of the tests' own, and a browser that looks at it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mailroom.console.background import ConsoleProcess
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.support.browser import NoBrowser, browser
from tests.support.events import notification
from tests.support.flow import Flow
from tests.support.own_environment import database as database
from tests.support.own_environment import environment as environment
from tests.support.own_environment import flow as flow
from tests.support.own_environment import project as project
from tests.support.rejected import DeadLetters

# How soon a page shows what happens is a figure of `make bench`; a busy machine is slower.
expect.set_options(timeout=30_000)


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
def pages(flow: Flow) -> dict[str, str]:
    """The address of each page by its name, of a batch and a message that have ended."""
    event = notification()
    batch = flow.send([event])["batchId"]
    return {
        "flow": "/flow",
        "node": "/flow/ProcessMessagesFunction",
        "batches": "/batches",
        "batch": f"/batches/{batch}",
        "find": "/find?q=",
        "message": f"/find?q={event['id']}",
        "messages": "/messages",
        "queues": "/queues",
        "queue": "/queues/AlertDeadLetterQueue",
        "dead letters": "/dead-letters",
        "unrouted": "/unrouted",
        "activity": "/activity",
        "send": "/send?sample=alert",
        "unknown": "/queues/NoSuchQueue",
    }


@pytest.fixture
def dead(environment: Environment) -> Iterator[DeadLetters]:
    """Puts messages into a dead-letter queue; they are gone at the end."""
    letters = DeadLetters(environment, "AlertDeadLetterQueue")
    try:
        yield letters
    finally:
        letters.clear()
