"""An account's environment in the console: shown for reading, and changed only with `--write`."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from mailroom.console.background import ConsoleProcess
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.project import Project
from mailroom.workflow.queues import peek
from tests.support.account import NAME, Account, account_of
from tests.support.command import Command
from tests.support.events import alert, notification
from tests.support.flow import Flow, until
from tests.support.rejected import DeadLetters


@pytest.fixture(scope="module")
def account(
    environment: Environment, project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Account]:
    """The environment of the tests as that of an account."""
    with account_of(environment, project, tmp_path_factory.mktemp("account")) as account:
        yield account


@pytest.fixture
def shown(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], str]]:
    """Starts a console of the account, writable or not; returns its address."""
    for name, value in account.variables.items():
        monkeypatch.setenv(name, value)
    process = ConsoleProcess(account.project)

    def start(write: bool) -> str:
        url = process.start(free_port(), NAME, write)
        process.wait(url)
        return url

    try:
        yield start
    finally:
        process.stop()


def test_an_account_is_shown_with_what_aws_tells_and_for_reading_only(
    page: Page, shown: Callable[[bool], str], flow: Flow, dead: DeadLetters
) -> None:
    batch = flow.send([notification()])["batchId"]
    dead.add("stays")
    console = shown(False)

    page.goto(f"{console}/flow")
    expect(page.locator("header")).to_contain_text("dev · reading only")
    expect(page.locator("#node-AlertDeadLetterQueue")).to_contain_text("1 waiting")
    expect(page.locator("#dead")).to_contain_text("dead letter in AlertDeadLetterQueue")
    page.goto(f"{console}/flow/ProcessMessagesFunction")
    expect(page.get_by_label("Log", exact=True)).to_contain_text("REPORT RequestId")
    page.goto(f"{console}/batches")
    expect(page.locator("main")).to_contain_text("The database of an account can't be reached")
    page.get_by_role("link", name=batch).click()
    expect(page.locator("#outcomes")).to_contain_text("1 of 1")
    expect(page.locator("#state-PublishMessages .status-succeeded")).to_be_attached()
    page.goto(f"{console}/activity")
    expect(page.locator("main")).to_contain_text("look in CloudTrail")
    page.goto(f"{console}/messages")
    expect(page.locator("main")).to_contain_text("the database of an account can't be reached")
    page.goto(f"{console}/queues/{dead.queue}")
    expect(page.locator("main")).to_contain_text("AWS lists no messages")
    page.goto(f"{console}/dead-letters")
    expect(page.locator("#count")).to_have_text("1 dead letters")
    expect(page.locator("main form[method=post]")).to_have_count(0)
    expect(page.locator(".command").first).to_contain_text("mailroom dead-letters --env dev")
    page.goto(f"{console}/send")
    expect(page.get_by_role("button", name="Check and send")).to_be_disabled()


def test_an_account_to_which_nothing_is_deployed_is_said_to_be_so(
    page: Page, shown: Callable[[bool], str], account: Account
) -> None:
    config = account.project.environments / f"{NAME}.toml"
    before = config.read_text()
    config.write_text(before.replace('stack = "', 'stack = "no-'))
    try:
        page.goto(f"{shown(False)}/flow")
        expect(page.locator("main")).to_contain_text("nothing is deployed to dev")
        expect(page.locator("main")).to_contain_text("mailroom deploy --env dev")
    finally:
        config.write_text(before)


@pytest.mark.parametrize("change", ["dead-letters/redrive", "dead-letters/purge", "send"])
def test_a_form_for_an_account_that_is_shown_for_reading_changes_nothing(
    page: Page,
    shown: Callable[[bool], str],
    dead: DeadLetters,
    environment: Environment,
    change: str,
) -> None:
    dead.add("stays")
    console = shown(False)
    page.goto(f"{console}/send")
    token = page.locator("input[name=token]").first.get_attribute("value") or ""

    form: dict[str, str | float | bool] = {"token": token, "count": "1", "text": "{}"}
    answer = page.request.post(f"{console}/{change}", form=form)

    assert answer.status == 404
    assert "shown for reading only" in answer.text()
    assert len(peek(environment, dead.queue)) == 1


def test_dead_letters_of_an_account_are_received_to_be_seen_and_one_is_redriven(
    page: Page, shown: Callable[[bool], str], dead: DeadLetters, flow: Flow
) -> None:
    event = alert()
    dead.add(json.dumps(event), reason="conflict")
    dead.add("not JSON", reason="invalid")
    console = shown(True)

    page.goto(f"{console}/dead-letters?queue={dead.queue}")
    page.get_by_role("button", name="Receive them").click()
    expect(page.get_by_role("article")).to_have_count(2)
    article = page.get_by_role("article").filter(has_text=event["id"])
    article.get_by_role("button", name="Redrive", exact=True).click()

    expect(page.get_by_role("status").filter(has_text="1 sent back")).to_be_visible()
    until(lambda: bool(flow.ingested([event])), "the row", 60)
    assert [one["body"] for one in peek(flow.environment, dead.queue)] == ["not JSON"]


def test_all_dead_letters_of_an_account_are_redriven(
    page: Page, shown: Callable[[bool], str], dead: DeadLetters, flow: Flow
) -> None:
    events = [alert(), alert()]
    for event in events:
        dead.add(json.dumps(event))
    console = shown(True)

    page.goto(f"{console}/dead-letters?queue={dead.queue}")
    page.get_by_role("button", name="Redrive all of this queue").click()

    expect(page.get_by_role("status").filter(has_text="2 sent back")).to_be_visible()
    until(lambda: len(flow.ingested(events)) == 2, "the rows", 60)


@pytest.mark.parametrize("group", ["dead-letters", "unrouted"])
def test_a_purge_in_an_account_asks_for_the_number_and_keeps_a_copy(
    page: Page,
    shown: Callable[[bool], str],
    account: Account,
    environment: Environment,
    group: str,
) -> None:
    queue = "AlertDeadLetterQueue" if group == "dead-letters" else "UnroutedQueue"
    messages = DeadLetters(environment, queue)
    messages.clear()
    messages.add("one")
    messages.add("two")
    page.goto(f"{shown(True)}/{group}?queue={queue}")

    for count in ("1", "2"):
        page.get_by_text("Purge…").click()
        page.get_by_label("Type how many").fill(count)
        page.get_by_role("button", name="Purge").click()
        if count == "1":
            expect(page.locator("main")).to_contain_text("2 ")
            expect(page.locator("main")).to_contain_text("would be deleted")
            page.go_back()

    said = page.get_by_role("status").filter(has_text="2 deleted")
    expect(said).to_be_visible()
    file = re.search(r"[\w-]+\.jsonl", said.inner_text())
    assert file
    kept = (account.project.state / file[0]).read_text().splitlines()
    assert sorted(json.loads(line)["body"] for line in kept) == ["one", "two"]
    assert peek(environment, queue) == []


def test_a_batch_is_sent_to_an_account(
    page: Page, shown: Callable[[bool], str], flow: Flow
) -> None:
    event = notification()
    page.goto(f"{shown(True)}/send")

    page.get_by_label("One CloudEvent a line").fill(json.dumps(event))
    page.get_by_role("button", name="Check and send").click()

    page.wait_for_url(re.compile(r"/batches/\d{8}T\d{6}-"))
    expect(page.locator("#state .tag")).to_have_text("succeeded", timeout=60_000)
    assert flow.ingested([event])


def test_the_commands_redrive_and_purge_in_an_account_after_the_same_question(
    account: Account, dead: DeadLetters, flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in account.variables.items():
        monkeypatch.setenv(name, value)
    command = Command(account.project.root, account.project.state)
    event = alert()
    dead.add(json.dumps(event), reason="conflict")
    dead.add("not JSON", reason="invalid")
    of_dev = ("--queue", dead.queue, "--env", NAME)

    listed = command.json("dead-letters", *of_dev)
    redriven = command.run("dead-letters", "redrive", "--reason", "conflict", *of_dev)
    asked = command.run("dead-letters", "purge", *of_dev, code=2)
    purged = command.run(
        *("dead-letters", "purge", *of_dev, "--yes"),
        *("--export", str(account.project.state / "purged.jsonl")),
    )

    assert {one["body"] for one in listed} == {json.dumps(event), "not JSON"}
    assert "1 sent back" in redriven.stderr
    assert len(flow.ingested([event])) == 1
    assert "Write 1 dead letters to" in asked.stderr
    assert "1 deleted" in purged.stderr
    assert peek(flow.environment, dead.queue) == []
