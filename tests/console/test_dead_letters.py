"""Dead letters: looked at, sent back, and deleted only by someone who knows how many there are."""

import json
import re
import urllib.request
from collections.abc import Iterator
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.testing.purging import purge
from mailroom.workflow.queues import peek
from tests.support.events import alert, notification
from tests.support.flow import Flow, until
from tests.support.rejected import DeadLetters

CHANGES = [
    *(f"dead-letters/{change}" for change in ("receive", "redrive", "purge")),
    *(f"unrouted/{change}" for change in ("receive", "redrive", "purge")),
    "send",
]


def test_dead_letters_stand_first_on_the_flow_page_and_lead_to_their_reason(
    page: Page, console: str, dead: DeadLetters
) -> None:
    body = '{"text": "<script>window.broken = 1</script>"}'
    dead.add(body, reason="invalid", detail="data.severity: Input should be 'low' or 'high'")

    page.goto(f"{console}/flow")
    page.get_by_role("link", name="in AlertDeadLetterQueue").click()

    expect(page.get_by_text("data.severity: Input should be 'low' or 'high'")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("<script>window.broken = 1</script>")
    assert page.evaluate("window.broken") is None


def test_those_with_a_reason_are_redriven_and_ingested_and_the_others_stay(
    page: Page, console: str, dead: DeadLetters, flow: Flow, environment: Environment
) -> None:
    event = alert()
    dead.add(json.dumps(event), reason="conflict")
    dead.add("not JSON", reason="invalid")

    page.goto(f"{console}/dead-letters?reason=conflict")
    page.get_by_role("button", name="Redrive those with this reason").click()

    expect(page.get_by_role("status").filter(has_text="1 sent back")).to_be_visible()
    rows = "SELECT count(*) FROM messages WHERE id = %s"
    until(lambda: flow.database.execute(rows, [event["id"]]).fetchone() == (1,), "the row", 60)
    assert [one["body"] for one in peek(environment, dead.queue)] == ["not JSON"]


def test_one_is_redriven_and_the_other_with_its_reason_stays(
    page: Page, console: str, dead: DeadLetters, flow: Flow, environment: Environment
) -> None:
    redriven, other = alert(), alert()
    for event in (redriven, other):
        dead.add(json.dumps(event))
    page.goto(f"{console}/dead-letters")

    article = page.get_by_role("article").filter(has_text=redriven["id"])
    article.get_by_role("button", name="Redrive", exact=True).click()

    expect(page.get_by_role("status").filter(has_text="1 sent back")).to_be_visible()
    until(lambda: flow.ingested([redriven, other]) == [redriven], "the row", 60)
    assert [json.loads(one["body"]) for one in peek(environment, dead.queue)] == [other]


def test_all_of_every_queue_are_redriven(
    page: Page, console: str, dead: DeadLetters, flow: Flow, environment: Environment
) -> None:
    events = [alert(), notification()]
    dead.add(json.dumps(events[0]))
    flow.put("NotificationDeadLetterQueue", json.dumps(events[1]), reason="invalid")
    page.goto(f"{console}/dead-letters")

    page.get_by_role("button", name="Redrive all").click()

    expect(page.get_by_role("status").filter(has_text="2 sent back")).to_be_visible()
    until(lambda: len(flow.ingested(events)) == 2, "the rows", 60)
    expect(page.locator("#count")).to_have_text("0 dead letters")


def test_purge_needs_the_number_and_keeps_a_copy(
    page: Page, console: str, dead: DeadLetters, environment: Environment, project: Project
) -> None:
    dead.add("one")
    dead.add("two")
    page.goto(f"{console}/dead-letters?queue={dead.queue}")

    page.get_by_text("Purge…").click()
    page.get_by_label("Type how many").fill("1")
    page.get_by_role("button", name="Purge").click()
    expect(page.get_by_text("2 dead letters would be deleted")).to_be_visible()
    assert len(peek(environment, dead.queue)) == 2

    page.go_back()
    page.get_by_text("Purge…").click()
    page.get_by_label("Type how many").fill("2")
    page.get_by_role("button", name="Purge").click()

    said = page.get_by_role("status").filter(has_text="2 deleted")
    expect(said).to_be_visible()
    file = re.search(r"dead-letters-\w+\.jsonl", said.inner_text())
    assert file
    kept = (project.state / file[0]).read_text().splitlines()
    assert [json.loads(line)["body"] for line in kept] == ["one", "two"]
    assert peek(environment, dead.queue) == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("token", ["", "token=another&"])
def test_nothing_changes_without_the_token(
    console: str, dead: DeadLetters, environment: Environment, token: str, change: str
) -> None:
    dead.add("stays")
    form = f"{token}queue={dead.queue}".encode()

    with pytest.raises(HTTPError) as refused:
        urllib.request.urlopen(f"{console}/{change}", form)

    assert refused.value.code == 403
    assert len(peek(environment, dead.queue)) == 1


def test_looking_into_a_queue_receives_nothing(
    page: Page, console: str, dead: DeadLetters, environment: Environment
) -> None:
    dead.add('{"a": 1}')

    page.goto(f"{console}/queues/{dead.queue}")

    expect(page.locator("pre")).to_contain_text('"a": 1')
    expect(page.get_by_text("0 times")).to_be_visible()
    assert peek(environment, dead.queue)[0]["received"] == 0


@pytest.fixture
def unrouted(environment: Environment, flow: Flow) -> Iterator[str]:
    """The only message of UnroutedQueue: its body."""
    sqs, url = environment.session.client("sqs"), environment.topology.queue("UnroutedQueue").url
    purge(sqs, url)
    flow.publish('{"of": "no type"}', type="unknown")
    try:
        yield '"of": "no type"'
    finally:
        purge(sqs, url)


def test_unrouted_messages_are_shown_and_published_again(
    page: Page, console: str, environment: Environment, unrouted: str
) -> None:
    page.goto(f"{console}/unrouted")
    shown = page.get_by_role("article").filter(has_text=unrouted)
    expect(shown).to_contain_text("no subscription matched")
    [before] = peek(environment, "UnroutedQueue")

    page.get_by_role("button", name="Redrive all").click()

    expect(page.get_by_role("status").filter(has_text="1 sent back")).to_be_visible()
    # Still no queue takes its type: it is there again, as another message.
    expect(page.locator("#messages")).to_contain_text(unrouted)
    [after] = peek(environment, "UnroutedQueue")
    assert after["body"] == before["body"]
    assert after["id"] != before["id"]


def test_unrouted_messages_are_purged_after_the_number_was_typed(
    page: Page, console: str, environment: Environment, project: Project, unrouted: str
) -> None:
    page.goto(f"{console}/unrouted")

    page.get_by_text("Purge…").click()
    page.get_by_label("Type how many").fill("1")
    page.get_by_role("button", name="Purge").click()

    said = page.get_by_role("status").filter(has_text="1 deleted")
    expect(said).to_be_visible()
    file = re.search(r"unrouted-messages-\w+\.jsonl", said.inner_text())
    assert file
    assert unrouted in json.loads((project.state / file[0]).read_text())["body"]
    assert peek(environment, "UnroutedQueue") == []


def test_ten_thousand_dead_letters_are_counted_and_the_first_are_shown(
    page: Page, console: str, dead: DeadLetters
) -> None:
    dead.add_many(10_000)

    page.goto(f"{console}/flow")
    expect(page.locator(f"#node-{dead.queue}")).to_contain_text("10\N{NARROW NO-BREAK SPACE}000")
    page.locator("#dead").get_by_role("link", name=dead.queue).click()
    expect(page.locator("#count")).to_contain_text("10\N{NARROW NO-BREAK SPACE}000")
    expect(page.get_by_role("article")).to_have_count(50)
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#messages pre").first).to_contain_text('"id": "')
    page.goto(f"{console}/queues/{dead.queue}")
    expect(page.get_by_role("article")).to_have_count(50)
