"""The flow: what is deployed, what goes through it, and each node's settings and permissions."""

import re

from playwright.sync_api import Page, expect

from mailroom.console.rendering import spaced
from mailroom.environments.environment import Environment
from tests.support.events import mixed
from tests.support.flow import Flow
from tests.support.iam import Iam
from tests.support.rejected import DeadLetters


def test_the_picture_has_what_is_deployed(page: Page, console: str) -> None:
    page.goto(f"{console}/")

    assert page.url == f"{console}/flow"
    for name in ("MessageWorkflow", "MessagesTopic", "AlertQueue", "AlertDeadLetterQueue"):
        expect(page.locator(f"#node-{name}")).to_contain_text(name)
    edges = page.request.get(f"{console}/flow.json").json()["edges"]
    assert {
        ("PublishMessagesFunction", "MessagesTopic", ""),
        ("MessagesTopic", "AlertQueue", "alert"),
        ("MessagesTopic", "UnroutedQueue", "anything else"),
        ("AlertQueue", "ProcessMessagesFunction", ""),
        ("ProcessMessagesFunction", "AlertDeadLetterQueue", "can never succeed"),
        ("ProcessMessagesFunction", "Postgres", "one transaction"),
    } <= {(edge["from"], edge["to"], edge["label"]) for edge in edges}


def test_an_open_page_counts_what_goes_along_each_edge(
    page: Page, console: str, flow: Flow
) -> None:
    def counted() -> dict[tuple[str, str], int]:
        edges = page.request.get(f"{console}/flow.json").json()["edges"]
        return {(edge["from"], edge["to"]): edge["count"] or 0 for edge in edges}

    before = counted()
    page.goto(f"{console}/flow")
    flow.send(mixed(8))

    for ends, more in {
        ("MessageWorkflow", "PublishMessagesFunction"): 1,
        ("PublishMessagesFunction", "MessagesTopic"): 8,
        ("MessagesTopic", "AlertQueue"): 4,
        ("AlertQueue", "ProcessMessagesFunction"): 4,
        ("ProcessMessagesFunction", "Postgres"): 8,
    }.items():
        count = spaced(before[ends] + more)
        expect(page.locator(f"#edge-{'-'.join(ends)}-count")).to_contain_text(count)


def test_a_node_shows_what_its_role_was_refused_and_a_policy_that_allows_it(
    page: Page, console: str, flow: Flow, environment: Environment
) -> None:
    iam = Iam(environment)
    statements = iam.roles["PublishMessagesRole"].statements
    [sid] = [str(one.sid) for one in statements if "sns:Publish" in one.actions]
    with iam.without("PublishMessagesRole", sid):
        flow.ended(flow.start({"messages": mixed(2)}))

    page.goto(f"{console}/flow/PublishMessagesFunction")

    refused = page.get_by_role("row").filter(has=page.get_by_text("refused", exact=True))
    row = refused.filter(has_text="sns:publish")
    expect(row).to_contain_text("is not authorized to perform")
    expect(page.locator("#permissions pre")).to_contain_text("sns:Publish")


def test_an_open_page_says_how_many_go_along_an_edge_per_second(
    page: Page, console: str, flow: Flow
) -> None:
    page.goto(f"{console}/flow")
    execution = flow.start({"messages": mixed(100)})

    count = page.locator("#edge-PublishMessagesFunction-MessagesTopic-count")
    expect(count).to_contain_text(re.compile(r" · \d+/s$"))
    flow.ended(execution)


def test_a_queue_has_the_age_of_its_oldest_message_in_the_picture_and_on_its_own_page(
    page: Page, console: str, dead: DeadLetters
) -> None:
    page.goto(f"{console}/flow")
    age = page.locator(f"#node-{dead.queue}-age")
    expect(age).to_be_empty()

    dead.add("waits")

    expect(age).to_have_text(re.compile(r"^oldest \d+ (ms|s)$"))
    page.locator(f"#node-{dead.queue} a").click()
    figures = page.locator("#figures .figure")
    expect(figures.filter(has_text="oldest sent")).to_contain_text("ago")


def test_a_function_has_its_permissions_its_log_and_no_values_of_its_variables(
    page: Page, console: str, flow: Flow, environment: Environment
) -> None:
    flow.send(mixed(2))
    page.goto(f"{console}/flow")

    page.locator("#node-ProcessMessagesFunction a").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("ProcessMessagesFunction")
    used = page.get_by_role("row").filter(has_text="sqs:ReceiveMessage")
    expect(used).to_contain_text("used")
    expect(page.get_by_label("Log", exact=True)).to_contain_text("REPORT RequestId")
    expect(page.get_by_text("DATABASE_SECRET_ARN")).to_be_visible()
    assert "arn:aws:secretsmanager" not in page.locator("#settings").inner_text()
