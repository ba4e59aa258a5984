"""Activity: what is refused here would fail in AWS, and what would allow it is shown."""

import contextlib
import json
import re
import time
import uuid

import pytest
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


def test_an_open_page_gains_a_call_with_its_caller_its_outcome_and_its_time(
    page: Page, console: str, environment: Environment
) -> None:
    with user(environment) as caller:
        page.goto(f"{console}/activity?by={caller.name}")
        expect(page.locator("#calls")).to_contain_text("No call yet")
        expect(page.locator("#connection.on")).to_be_attached()

        caller.client("sts").get_caller_identity()

        call = page.locator("#calls tr").filter(has_text="GetCallerIdentity")
        expect(call).to_contain_text(caller.name)
        expect(call.locator(".tag")).to_have_text("200")
        expect(call.locator("time")).to_have_attribute(
            "title", re.compile(r"^20\d\d-.*T.*\+00:00$")
        )
        expect(call.locator("td").last).to_have_text(re.compile(r"^\d+$"))


def test_what_a_limit_refuses_is_marked_with_aws_s_sentence(
    page: Page, console: str, environment: Environment
) -> None:
    sqs, name = environment.session.client("sqs"), f"limit-{uuid.uuid4().hex}"
    missing = environment.topology.queue("AlertQueue").arn + "-missing"
    policy = json.dumps({"deadLetterTargetArn": missing, "maxReceiveCount": 3})
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    try:
        with pytest.raises(ClientError) as refused:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": policy})
    finally:
        sqs.delete_queue(QueueUrl=url)

    page.goto(f"{console}/activity?outcome=refused")

    call = page.locator("#calls tr").filter(has_text=name).first
    expect(call).to_contain_text("would fail in AWS")
    why = page.locator("#calls .why").filter(has_text=refused.value.response["Error"]["Message"])
    expect(why.first).to_be_visible()
    expect(why.first.get_by_label("Statement")).to_have_count(0)


def test_the_consoles_own_looking_is_not_shown(page: Page, console: str) -> None:
    began = time.time()
    page.goto(f"{console}/flow/AlertQueue")
    expect(page.locator("#settings")).to_contain_text("VisibilityTimeout")
    asked = page.request.get(f"{console}/activity.json?service=iam").json()["calls"]

    # Other tests ask the same by clients of their own.
    seen = [one["operation"] for one in asked if one["at"] > began]
    assert "ListRolePolicies" not in seen
