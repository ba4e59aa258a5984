"""The console outlives LocalStack: an open page says that it is gone, and then goes on."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from rich.console import Console as Terminal

from mailroom.console.background import ConsoleProcess
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.ports import free_port
from mailroom.progress import Progress
from mailroom.project import Project

# LocalStack starts, and the stack is deployed anew.
UP_AGAIN = 180_000


@pytest.fixture
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEnvironment]:
    """An environment of the test's own that is up."""
    environment = EmbeddedEnvironment(Project.find(state=tmp_path_factory.mktemp("state")))
    try:
        start_environment(environment, Progress(Terminal(stderr=True)), port=free_port())
        yield environment
    finally:
        environment.reset()


def test_a_page_goes_on_when_localstack_is_back(page: Page, embedded: EmbeddedEnvironment) -> None:
    process = ConsoleProcess(embedded.project)
    console = process.start(free_port())
    try:
        page.goto(f"{console}/flow")
        expect(page.locator("#node-AlertQueue")).to_contain_text("empty")
        state = embedded.state
        assert state
        assert state.localstack

        state.localstack.stop(signal.SIGKILL, seconds=5)

        expect(page.locator("#trouble")).to_contain_text("only a part", timeout=10_000)
        expect(page.locator("#node-AlertQueue")).to_be_visible()
        page.goto(f"{console}/queues")
        expect(page.locator("h1")).to_have_text("This can't be shown now")

        start_environment(embedded, Progress(Terminal(stderr=True)))

        expect(page.locator("#queues")).to_contain_text("AlertQueue", timeout=UP_AGAIN)
        expect(page.locator("#trouble")).to_be_empty()
        assert process.url == console
    finally:
        process.stop()
