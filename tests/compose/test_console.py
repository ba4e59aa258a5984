"""The console shows the environment in containers, and goes on without its Postgres."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from mailroom.console.background import ConsoleProcess
from mailroom.environments.compose.environment import POSTGRES
from mailroom.environments.ports import free_port
from tests.compose.conftest import Stack
from tests.support.browser import NoBrowser, browser
from tests.support.events import mixed
from tests.support.flow import Flow

AT_MOST = 60_000


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser; the test is skipped where there is none."""
    try:
        with browser() as started:
            yield started.new_page()
    except NoBrowser as missing:
        pytest.skip(str(missing))


@pytest.fixture
def console(stack: Stack) -> Iterator[str]:
    """The address of a console of the checkout whose containers are up."""
    process = ConsoleProcess(stack.project)
    url = process.start(free_port())
    try:
        process.wait(url)
        yield url
    finally:
        process.stop()


def test_flow_queues_and_batches_of_containers_are_shown_with_and_without_postgres(
    page: Page, console: str, stack: Stack, flow: Flow
) -> None:
    batch = flow.send(mixed(4))["batchId"]

    page.goto(f"{console}/flow")
    expect(page.locator("#node-AlertQueue")).to_contain_text("empty", timeout=AT_MOST)
    expect(page.locator("#node-Postgres")).to_contain_text("rows")
    page.goto(f"{console}/batches/{batch}")
    expect(page.locator("#outcomes .figure")).to_have_count(2)
    page.goto(f"{console}/queues")
    expect(page.locator("#queues")).to_contain_text("AlertDeadLetterQueue")

    stack.local.compose.work("stop", POSTGRES)
    try:
        page.goto(f"{console}/flow")
        expect(page.locator("#node-Postgres")).to_contain_text("doesn't answer", timeout=AT_MOST)
        expect(page.locator("#node-AlertQueue")).to_contain_text("empty")
    finally:
        stack.local.compose.work("start", POSTGRES)
    expect(page.locator("#node-Postgres")).to_contain_text("rows", timeout=AT_MOST)
