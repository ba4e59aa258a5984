"""The console outlives LocalStack and Postgres: it says what is gone, and then goes on."""

import json
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
from tests.console.test_faults import Reader
from tests.support.command import Command
from tests.support.events import notification
from tests.support.own_environment import own as own

# LocalStack starts, and the stack is deployed anew.
UP_AGAIN = 180_000


# What each page shows before the first message.
EMPTY = {
    "/flow": "0 rows",
    "/flow/AlertQueue": "VisibilityTimeout",
    "/batches": "No execution has been started",
    "/find?q=alert": "No message has this",
    "/messages": "No message was ingested yet",
    "/queues/AlertQueue": "No message is in this queue",
    "/dead-letters": "There are none",
    "/unrouted": "There are none",
}
# Pages that need no database, and a text that each shows.
WITHOUT_DATABASE = {
    "/queues": "NotificationQueue",
    "/queues/NotificationQueue": "1",
    "/dead-letters": "There are none",
    "/unrouted": "There are none",
    "/activity": "GetSecretValue",
    "/send": "Check and send",
    "/flow/NotificationQueue": "VisibilityTimeout",
    "/flow/ProcessMessagesFunction": "DatabaseUnavailable",
}


@pytest.fixture
def owned(own: EmbeddedEnvironment) -> Iterator[str]:
    """The address of the console of an environment of the test's own."""
    process = ConsoleProcess(own.project)
    console = process.start(free_port())
    try:
        yield console
        assert process.url == console
    finally:
        process.stop()


def test_pages_without_a_message_say_so_and_go_on_when_localstack_is_back(
    page: Page, own: EmbeddedEnvironment, owned: str
) -> None:
    for path, text in EMPTY.items():
        page.goto(f"{owned}{path}")
        expect(page.locator("main"), path).to_contain_text(text)
    page.goto(f"{owned}/flow")
    expect(page.locator("#node-AlertQueue")).to_contain_text("empty")
    state = own.state
    assert state
    assert state.localstack

    state.localstack.stop(signal.SIGKILL, seconds=5)

    expect(page.locator("#trouble")).to_contain_text("only a part")
    expect(page.locator("#node-AlertQueue")).to_be_visible()
    for path in (*EMPTY, "/activity", "/queues"):
        page.goto(f"{owned}{path}")
        expect(page.locator("h1"), path).to_have_text("This can't be shown now")

    start_environment(own, Progress(Terminal(stderr=True)))

    expect(page.locator("#queues")).to_contain_text("AlertQueue", timeout=UP_AGAIN)
    expect(page.locator("#trouble")).to_be_empty()


def test_without_postgres_each_page_shows_what_it_has_and_what_is_missing(
    page: Page, own: EmbeddedEnvironment, owned: str
) -> None:
    state = own.state
    assert state
    environment = own.environment(state)
    own.postgres(state).stop()
    event = notification()
    started = environment.session.client("stepfunctions").start_execution(
        stateMachineArn=environment.outputs["MessageWorkflowArn"],
        input=json.dumps({"messages": [event]}),
    )
    batch = started["executionArn"].rpartition(":")[2]

    reader = Reader(page, owned)
    reader.reads("Postgres doesn't answer, so nothing is counted")
    expect(page.locator("#node-Postgres")).to_contain_text("doesn't answer")
    reader.open_batch(batch)
    reader.click(page.locator("#state-ProcessNotifications a"))
    reader.reads("DatabaseUnavailable", "Postgres doesn't answer")
    reader = Reader(page, owned)
    reader.search(event["id"])
    reader.reads(batch, "is in NotificationQueue", "Missing: the database can't be reached")
    for path, text in WITHOUT_DATABASE.items():
        answer = page.goto(f"{owned}{path}")
        assert answer
        assert answer.status == 200, path
        expect(page.locator("main"), path).to_contain_text(text)
    told = Command(own.project.root, own.project.state).run("trace", event["id"])
    assert "waiting in a queue" in told.stdout
    assert "DatabaseUnavailable" in told.stdout
    assert "the database can't be reached" in told.stderr
    page.goto(f"{owned}/messages")
    expect(page.locator("main")).to_contain_text("the database did not answer")

    start_environment(own, Progress(Terminal(stderr=True)))

    # The page loads by itself, and the execution that waited goes on.
    expect(page.locator("#rows")).to_contain_text(event["id"], timeout=UP_AGAIN)
