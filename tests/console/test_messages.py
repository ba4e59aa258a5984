"""Messages: sent from the browser, and seen as rows."""

import json
import re
from collections.abc import Iterator
from datetime import UTC

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.support.events import alert, notification
from tests.support.flow import Flow

MANY = 10_000


@pytest.fixture
def many(database: psycopg.Connection) -> Iterator[int]:
    """The table has many more rows."""
    database.execute(
        """
        INSERT INTO messages (source, id, type, batch_id, digest, subject, event)
        SELECT 'many', n::text, 'alert', 'many', n::text, '<script>window.broken=1</script>', '{}'
        FROM generate_series(1, %s) AS n
        """,
        [MANY],
    )
    yield MANY
    database.execute("DELETE FROM messages WHERE source = 'many'")


def test_a_wrong_line_is_named_with_its_field_and_nothing_is_sent(
    page: Page, console: str, database: psycopg.Connection
) -> None:
    wrong = alert(severity="purple")
    page.goto(f"{console}/send")

    page.get_by_label("One CloudEvent a line").fill(f"{json.dumps(alert())}\n{json.dumps(wrong)}")
    page.get_by_role("button", name="Check and send").click()

    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("2")
    expect(row).to_contain_text("data.severity")
    expect(page.get_by_text("1 problem; nothing was sent")).to_be_visible()
    # What was typed is still there.
    expect(page.get_by_label("One CloudEvent a line")).to_have_value(re.compile("purple"))


def test_a_message_is_sent_and_is_on_the_open_page_of_messages(
    page: Page, console: str, flow: Flow
) -> None:
    event = notification(title="from the browser")
    page.goto(f"{console}/send")

    page.get_by_label("One CloudEvent a line").fill(json.dumps(event))
    page.get_by_role("button", name="Check and send").click()

    page.wait_for_url(re.compile(r"/batches/\d{8}T\d{6}-"))
    page.goto(f"{console}/messages?type=notification")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=event["id"]))
    expect(row).to_contain_text('"title": "from the browser"', timeout=60_000)


def test_a_file_is_dropped_and_its_lines_are_sent(page: Page, console: str) -> None:
    event = notification(title="from a file")
    page.goto(f"{console}/send")
    field = page.get_by_label("One CloudEvent a line")
    dropped = page.evaluate_handle(
        """text => {
            const dropped = new DataTransfer();
            dropped.items.add(new File([text], "events.jsonl"));
            return dropped;
        }""",
        json.dumps(event),
    )

    field.dispatch_event("drop", {"dataTransfer": dropped})
    expect(field).to_have_value(json.dumps(event))
    page.get_by_role("button", name="Check and send").click()

    page.wait_for_url(re.compile(r"/batches/"))
    expect(page.locator("#rows")).to_contain_text(event["id"], timeout=60_000)


def test_a_file_is_chosen_and_its_wrong_line_is_named(page: Page, console: str) -> None:
    page.goto(f"{console}/send")
    lines = f"{json.dumps(alert())}\n{json.dumps(alert(severity='purple'))}".encode()

    page.get_by_label("or a file").set_input_files(
        {"name": "events.jsonl", "mimeType": "text/plain", "buffer": lines}
    )
    page.get_by_role("button", name="Check and send").click()

    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("2")
    expect(row).to_contain_text("data.severity")


def test_an_open_page_gains_the_row_of_a_message(page: Page, console: str, flow: Flow) -> None:
    event = notification()
    page.goto(f"{console}/messages?type=notification")
    expect(page.locator("#connection.on")).to_be_attached()

    flow.send([event])

    expect(page.locator("#rows")).to_contain_text(event["id"])


def test_messages_are_selected_by_the_time_they_came_in(
    page: Page, console: str, database: psycopg.Connection, flow: Flow
) -> None:
    early, late = notification(), notification()
    flow.send([early])
    flow.send([late])
    early_at, late_at = (
        row[0]
        for event in (early, late)
        for row in database.execute("SELECT ingested_at FROM messages WHERE id = %s", [event["id"]])
    )
    between = (early_at + (late_at - early_at) / 2).astimezone(UTC)

    page.goto(f"{console}/messages?since={between:%Y-%m-%dT%H:%M:%S.%f}")
    expect(page.locator("#rows")).to_contain_text(late["id"])
    expect(page.locator("#rows")).not_to_contain_text(early["id"])
    page.goto(f"{console}/messages?until={between:%Y-%m-%dT%H:%M:%S.%f}")
    expect(page.locator("#rows")).to_contain_text(early["id"])
    expect(page.locator("#rows")).not_to_contain_text(late["id"])
    page.get_by_label("Until (UTC)").fill("2020-01-01T00:00:00")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#rows")).to_contain_text("No message was ingested that is like this.")


def test_a_types_sample_is_valid(page: Page, console: str) -> None:
    page.goto(f"{console}/send")
    page.get_by_role("link", name="alert").click()
    page.get_by_role("button", name="Check and send").click()

    page.wait_for_url(re.compile("/batches/"))


def test_ten_thousand_rows_are_counted_and_the_newest_shown(
    page: Page, console: str, many: int
) -> None:
    page.goto(f"{console}/messages?batch=many")

    expect(page.locator("#rows tr")).to_have_count(50)
    expect(page.locator("#rows tr").first).to_contain_text("<script>window.broken=1</script>")
    assert page.evaluate("window.broken") is None
    page.get_by_role("link", name="Show 200").click()
    expect(page.locator("#rows tr")).to_have_count(200)
    assert page.request.get(f"{console}/messages.json?limit=1000").json()["counts"]["alert"] >= many
