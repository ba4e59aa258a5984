"""Dead letters: looked at, sent back, and deleted only by someone who knows how many there are."""

import json
import re
import urllib.request
from urllib.error import HTTPError

import pytest
from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.testing.purging import purge
from mailroom.workflow.queues import peek
from tests.support.events import alert
from tests.support.flow import Flow, until
from tests.support.rejected import DeadLetters


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


def test_one_is_redriven_and_ingested_and_the_other_stays(
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


@pytest.mark.parametrize("token", ["", "token=another&"])
def test_nothing_changes_without_the_token(
    console: str, dead: DeadLetters, environment: Environment, token: str
) -> None:
    dead.add("stays")
    form = f"{token}queue={dead.queue}".encode()

    for change in ("redrive", "purge"):
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(f"{console}/dead-letters/{change}", form)
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


def test_unrouted_messages_are_shown(page: Page, console: str, environment: Environment) -> None:
    sqs, url = environment.session.client("sqs"), environment.topology.queue("UnroutedQueue").url
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message='{"of": "no type"}',
        MessageAttributes={"type": {"DataType": "String", "StringValue": "unknown"}},
    )
    try:
        page.goto(f"{console}/unrouted")
        shown = page.get_by_role("article").filter(has_text='"of": "no type"')
        expect(shown).to_contain_text("no subscription matched")
    finally:
        purge(sqs, url)
