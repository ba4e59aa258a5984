"""A message is found, and its way shown."""

import json
import shlex
import uuid
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from mailroom.testing.purging import purge
from tests.support.events import notification
from tests.support.flow import Flow

AT_MOST = 60_000


def test_a_message_that_was_ingested_has_its_whole_way(
    page: Page, console: str, flow: Flow
) -> None:
    event = notification()
    batch = flow.send([event])["batchId"]

    page.goto(f"{console}/find?q={event['id']}")

    expect(page.locator("#outcome")).to_have_text("ingested", timeout=AT_MOST)
    steps = page.locator(".way .what > p")
    for text in ("published", "delivered to NotificationQueue", "received", "committed as a row"):
        expect(steps.filter(has_text=text).first).to_be_visible(timeout=AT_MOST)
    page.get_by_role("link", name=batch).click()
    expect(page.locator("h1")).to_have_text(batch)


def test_a_dead_letter_that_was_redriven_says_when_in_its_way(
    page: Page, console: str, flow: Flow
) -> None:
    wrong = notification(title="")
    flow.publish(json.dumps(wrong), type="notification")
    flow.work_until(
        lambda: bool(flow.queued("NotificationDeadLetterQueue", json.dumps(wrong))),
        "the dead letter",
    )
    page.goto(f"{console}/dead-letters?queue=NotificationDeadLetterQueue")
    article = page.get_by_role("article").filter(has_text=wrong["id"])
    article.get_by_role("button", name="Redrive", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="1 sent back")).to_be_visible()

    page.goto(f"{console}/find?q={wrong['id']}")

    sent = page.locator(".way li").filter(has_text="to NotificationQueue by")
    expect(sent.locator("time").first).to_be_visible(timeout=AT_MOST)
    # It is wrong still, so it dies again.
    dead = page.locator(".way li").filter(has_text="sent to NotificationDeadLetterQueue")
    expect(dead).to_have_count(2, timeout=AT_MOST)
    purge(
        flow.environment.session.client("sqs"),
        flow.environment.topology.queue("NotificationDeadLetterQueue").url,
    )


def test_several_messages_with_a_word_are_listed_and_one_is_chosen(
    page: Page, console: str, flow: Flow
) -> None:
    word = uuid.uuid4().hex
    events = [notification(title=f"{word} <script>window.broken = 1</script>") for _ in range(2)]
    flow.send(events)

    page.goto(f"{console}/find?q={word}")
    for event in events:
        expect(page.get_by_role("link", name=event["id"])).to_be_visible(timeout=AT_MOST)
    page.get_by_role("link", name=events[1]["id"]).click()

    expect(page.locator("h1")).to_contain_text(events[1]["id"])
    expect(page.locator("#outcome")).to_have_text("ingested", timeout=AT_MOST)
    assert page.evaluate("window.broken") is None


@pytest.mark.parametrize("name", ["source", "subject"])
def test_a_message_is_found_by_its_source_and_its_subject(
    page: Page, console: str, flow: Flow, name: str
) -> None:
    word = f"https://example.com/{uuid.uuid4().hex}"
    event = {**notification(), name: word}
    flow.send([event])

    page.goto(f"{console}/find?q={quote(word)}")

    expect(page.locator("h1")).to_contain_text(event["id"])
    expect(page.locator("#found dl").first).to_contain_text(word)


@pytest.mark.parametrize(
    "word", ["", "no message has this", "never said <script>window.broken = 1</script>"]
)
def test_where_nothing_is_found_the_page_says_what_can_be_looked_for(
    page: Page, console: str, word: str
) -> None:
    page.goto(console)
    search = page.get_by_role("searchbox")
    search.fill(word)
    search.press("Enter")

    said = "No message has this" if word else "Look for a message by its id"
    expect(page.locator("#found")).to_contain_text(said, timeout=AT_MOST)
    assert page.evaluate("window.broken") is None
    answer = page.request.get(f"{console}/find.json", params={"q": word}).json()
    assert answer["found"] == []


def test_a_way_is_read_on_a_narrow_screen(page: Page, console: str, flow: Flow) -> None:
    event = notification()
    flow.send([event])
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(f"{console}/find?q={event['id']}")

    expect(page.locator(".way")).to_be_visible(timeout=AT_MOST)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_looked_for_is_one_word_of_the_command_that_is_copied(
    page: Page, console: str
) -> None:
    hostile = "it's; touch x $(touch y)"

    page.goto(f"{console}/find?q={quote(hostile)}")

    copied = page.locator(".command .copy").first.get_attribute("data-copy")
    assert shlex.split(copied or "") == ["mailroom", "trace", "--", hostile]
