"""The pages of batches in a browser."""

import json
import time
from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment
from tests.support.events import alert, mixed, notification
from tests.support.flow import Flow

AT_MOST = 60_000


@pytest.fixture(scope="module")
def flow(environment: Environment) -> Iterator[Flow]:
    with psycopg.connect(environment.database, autocommit=True) as connection:
        yield Flow(environment, connection)


def started(flow: Flow, document: object) -> str:
    """Starts an execution; its name."""
    return flow.start(document).rpartition(":")[2]


def test_a_batch_moves_while_one_looks(page: Page, console: str, flow: Flow) -> None:
    name = started(flow, {"messages": mixed(4)})
    page.goto(f"{console}/batches/{name}")
    page.evaluate("window.same = true")

    expect(page.locator("#state .tag")).to_have_text("succeeded", timeout=AT_MOST)
    for state in ("PublishMessages", "AlertsSettled", "NotificationsSettled", "BatchSettled"):
        expect(page.locator(f"#state-{state} .status-succeeded")).to_be_attached()
    expect(page.locator("#edge-BatchSettled-end .taken")).to_be_attached()
    expect(page.locator("#outcomes .figure")).to_have_count(2)
    expect(page.locator("#times .bar").first).to_be_attached()
    assert page.evaluate("window.same"), "the page was loaded again"


def test_each_step_has_its_input_its_output_and_its_log(
    page: Page, console: str, flow: Flow
) -> None:
    event = alert()
    name = started(flow, {"messages": [event]})
    page.goto(f"{console}/batches")
    expect(page.get_by_role("link", name=name)).to_have_attribute("href", f"/batches/{name}")
    page.goto(f"{console}/batches/{name}?state=BeginPublishing")
    expect(page.locator("#state .tag")).to_have_text("succeeded", timeout=AT_MOST)
    chosen = page.locator("#chosen")
    expect(chosen.get_by_label("Input")).to_contain_text(event["id"])

    page.locator("#state-PublishMessages a").click()

    expect(chosen.get_by_label("Output")).to_contain_text('"batchId"')
    log = chosen.get_by_label("Log of the invocation")
    expect(log).to_contain_text("START RequestId")
    expect(log).to_contain_text("REPORT RequestId")
    expect(page.locator("#rows").get_by_role("link", name=event["id"])).to_be_visible()


def test_what_a_message_says_is_shown_as_text(page: Page, console: str, flow: Flow) -> None:
    hostile = '<script>window.broken = 1</script><img src=x onerror="window.broken = 1">'
    event = {**notification(title=hostile), "subject": hostile}
    name = f"script-{event['id']}"
    flow.ended(flow.start({"messages": [event]}, name))

    page.goto(f"{console}/batches/{name}?state=BeginPublishing")

    expect(page.get_by_label("Input")).to_contain_text("<script>")
    expect(page.locator("#rows")).to_contain_text(hostile)
    assert page.evaluate("window.broken") is None


def test_a_batch_that_failed_says_why_and_where_first(page: Page, console: str, flow: Flow) -> None:
    name = started(flow, {"messages": [{"type": "alert"}]})
    page.goto(f"{console}/batches/{name}")

    reason = page.locator("#reason")
    expect(reason).to_contain_text("PublishMessages failed", timeout=AT_MOST)
    expect(page.locator("#state-PublishMessages .status-caught")).to_be_attached()
    expect(page.locator("#edge-PublishMessages-catch-0 .taken")).to_be_attached()
    expect(page.locator("#chosen header h2")).to_have_text("PublishMessages")
    expect(page.get_by_label("Log of the invocation").first).to_contain_text("RequestId")


def test_the_page_is_served_as_json_too(page: Page, console: str, flow: Flow) -> None:
    name = started(flow, {"messages": [alert()]})
    flow.ended(
        f"{flow.environment.outputs['MessageWorkflowArn']}:{name}".replace(
            ":stateMachine:", ":execution:"
        )
    )

    document = page.request.get(f"{console}/batches/{name}.json").json()

    assert document["batch"]["status"] == "SUCCEEDED"
    assert "PublishMessages: Task, succeeded" in document["graph"]
    attempts = [attempt for step in document["steps"] for attempt in step["attempts"]]
    assert {attempt["resource"] for attempt in attempts} == {"lambda:invoke"}
    assert name in {
        one["name"] for one in page.request.get(f"{console}/batches.json").json()["batches"]
    }


def test_an_execution_that_is_not_there_is_said_to_be_missing(page: Page, console: str) -> None:
    answer = page.goto(f"{console}/batches/no-such-batch")

    assert answer
    assert answer.status == 404
    expect(page.locator("main")).to_contain_text("there is no execution no-such-batch")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_shows_all_of_it_without_scrolling_sideways(
    page: Page, console: str, flow: Flow, scheme: str
) -> None:
    name = f"narrow-{scheme}-{time.time_ns()}"
    flow.ended(flow.start({"messages": mixed(2)}, name))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(f"{console}/batches/{name}")

    expect(page.locator("#machine")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_of_ten_thousand_messages_the_counts_and_the_newest_are_shown(
    page: Page, console: str, flow: Flow
) -> None:
    uploaded = flow.upload(json.dumps(one) for one in mixed(10_000))
    name = f"large-{time.time_ns()}"
    flow.ended(flow.start(uploaded, name), seconds=900)

    page.goto(f"{console}/batches/{name}")

    expect(page.locator("#outcomes")).to_contain_text("5 000")
    expect(page.locator("#rows tbody tr")).to_have_count(20)
    page.goto(f"{console}/batches")
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("5 000")
