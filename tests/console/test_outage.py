"""The console outlives LocalStack: an open page says that it is gone, and then goes on."""

import signal

from playwright.sync_api import Page, expect
from rich.console import Console as Terminal

from mailroom.console.background import ConsoleProcess
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.environments.ports import free_port
from mailroom.progress import Progress
from tests.support.own_environment import own as own

# LocalStack starts, and the stack is deployed anew.
UP_AGAIN = 180_000


def test_a_page_goes_on_when_localstack_is_back(page: Page, own: EmbeddedEnvironment) -> None:
    process = ConsoleProcess(own.project)
    console = process.start(free_port())
    try:
        page.goto(f"{console}/flow")
        expect(page.locator("#node-AlertQueue")).to_contain_text("empty")
        state = own.state
        assert state
        assert state.localstack

        state.localstack.stop(signal.SIGKILL, seconds=5)

        expect(page.locator("#trouble")).to_contain_text("only a part")
        expect(page.locator("#node-AlertQueue")).to_be_visible()
        page.goto(f"{console}/queues")
        expect(page.locator("h1")).to_have_text("This can't be shown now")

        start_environment(own, Progress(Terminal(stderr=True)))

        expect(page.locator("#queues")).to_contain_text("AlertQueue", timeout=UP_AGAIN)
        expect(page.locator("#trouble")).to_be_empty()
        assert process.url == console
    finally:
        process.stop()
