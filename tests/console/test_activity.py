"""Activity: what is refused here would fail in AWS, and what would allow it is shown."""

import contextlib

from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from mailroom.environments.environment import Environment
from tests.support.users import user


def test_a_refused_call_is_marked_with_the_sentence_and_the_statement(
    page: Page, console: str, environment: Environment
) -> None:
    queue = environment.topology.queue("AlertQueue")
    with user(environment) as caller, contextlib.suppress(ClientError):
        caller.client("sqs").send_message(QueueUrl=queue.url, MessageBody="refused")

    page.goto(f"{console}/activity?outcome=refused")

    expect(page.get_by_text("would fail in AWS").first).to_be_visible()
    expect(page.get_by_text("is not authorized to perform: sqs:sendmessage").first).to_be_visible()
    expect(page.get_by_label("Statement").first).to_contain_text('"Action": "sqs:SendMessage"')


def test_the_consoles_own_looking_is_not_shown(page: Page, console: str) -> None:
    page.goto(f"{console}/flow/AlertQueue")
    expect(page.locator("#settings")).to_contain_text("VisibilityTimeout")
    asked = page.request.get(f"{console}/activity.json?service=iam").json()["calls"]

    assert [one for one in asked if one["operation"] == "ListRolePolicies"] == []
