"""For each of ten faults the console says what happened to the message and why.

Each test starts on the first page, and finds it in at most three clicks; a search counts as one.
"""

import json
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from mailroom.environments.environment import Environment
from tests.integration.test_iam_services import closed_to_the_topic
from tests.support.consumers import consumed
from tests.support.dead_end import dead_end
from tests.support.events import alert, notification
from tests.support.flow import Flow
from tests.support.functions import Functions, making_functions
from tests.support.iam import Iam
from tests.support.ingestion_role import IngestionRole

MOST_CLICKS = 3
# An execution or a redelivery may be needed before there is something to see.
AT_MOST = 90_000


class Reader:
    """Someone who looks at the console, from the first page on."""

    def __init__(self, page: Page, console: str) -> None:
        self.page = page
        self._clicks = 0
        page.goto(console)

    def click(self, place: Locator) -> None:
        """Click somewhere."""
        self._click()
        place.click(timeout=AT_MOST)

    def search(self, word: str) -> None:
        """Look for a message, by key."""
        self._click()
        # Keys are heard when the page's scripts have run.
        self.page.wait_for_load_state("load")
        self.page.keyboard.press("/")
        self.page.keyboard.type(word)
        self.page.keyboard.press("Enter")

    def open_batch(self, name: str) -> None:
        """Go to a batch."""
        self.click(self.page.get_by_role("navigation").get_by_role("link", name="Batches"))
        self.click(self.page.get_by_role("link", name=name))

    def reads(self, *texts: str) -> None:
        """The page says this, if not at once then soon, without being loaded again."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text, timeout=AT_MOST)

    def _click(self) -> None:
        self._clicks += 1
        assert self._clicks <= MOST_CLICKS


@pytest.fixture
def reader(page: Page, console: str) -> Reader:
    return Reader(page, console)


@pytest.fixture
def functions(environment: Environment) -> Iterator[Functions]:
    with making_functions(environment.session) as functions:
        yield functions


def test_poison(reader: Reader, flow: Flow) -> None:
    word = uuid.uuid4().hex
    flow.publish(f"no JSON {word}", type="notification")
    flow.work_until(
        lambda: bool(flow.queued("NotificationDeadLetterQueue", f"no JSON {word}")),
        "the dead letter",
    )

    figure = reader.page.locator("#dead a", has_text="NotificationDeadLetterQueue")
    reader.click(figure)
    reader.reads("invalid_json", word)
    reader.search(word)

    reader.reads("invalid_json", "delivered to NotificationQueue")


def test_wrong_queue_policy(reader: Reader, environment: Environment, flow: Flow) -> None:
    event = notification()
    with closed_to_the_topic(environment, "NotificationQueue"):
        flow.publish(json.dumps(event), type="notification")

        reader.search(event["id"])

        reader.reads("NotificationQueue did not take it", "This statement allows it")
        expect(reader.page.get_by_label("Statement").first).to_contain_text("sqs:SendMessage")
        reader.reads("SubscriptionDeadLetterQueue")


def test_missing_permission(reader: Reader, environment: Environment, flow: Flow) -> None:
    event = notification()
    iam = Iam(environment)
    statements = iam.roles["PublishMessagesRole"].statements
    [sid] = [str(one.sid) for one in statements if "sns:Publish" in one.actions]
    with iam.without("PublishMessagesRole", sid):
        execution = flow.start({"messages": [event]})
        flow.ended(execution)

    reader.open_batch(execution.rpartition(":")[2])
    reader.reads("PublishMessages failed", "AccessRefused")
    reader.search(event["id"])

    reader.reads("This statement allows it", "sns:Publish")


def test_function_error(reader: Reader, functions: Functions, flow: Flow) -> None:
    source = """
        def handler(event, context):
            raise LookupError("no such customer")
    """
    with consumed(flow.environment, functions, source) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)

        reader.search(event["id"])

        reader.reads(f"the invocation of {name} failed: LookupError: no such customer")
        log = reader.page.get_by_label("Log of the invocation")
        expect(log.first).to_contain_text("LookupError", timeout=AT_MOST)


def test_timeout(reader: Reader, functions: Functions, flow: Flow) -> None:
    source = """
        import time

        def handler(event, context):
            time.sleep(60)
    """
    with consumed(flow.environment, functions, source) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)

        reader.search(event["id"])

        reader.reads("Sandbox.Timedout", "timed out after 2.00 seconds")


def test_postgres_down(reader: Reader, environment: Environment, flow: Flow) -> None:
    role = IngestionRole(environment, flow.database)
    event = notification()
    with (
        dead_end("127.0.0.1") as nowhere,
        role.other_secret(host=nowhere.host, port=nowhere.port),
        role.shut_out(),
    ):
        execution = flow.start({"messages": [event]})

        reader.open_batch(execution.rpartition(":")[2])
        reader.click(reader.page.locator("#state-ProcessNotifications a"))

        reader.reads("DatabaseUnavailable")
    flow.ended(execution)


def test_unknown_type(reader: Reader, flow: Flow) -> None:
    event = {**notification(), "type": "greeting"}
    flow.publish(json.dumps(event), type="greeting")

    reader.search(event["id"])

    reader.reads("delivered to UnroutedQueue: no other queue takes its type", '["notification"]')


def test_conflicting_duplicate(reader: Reader, flow: Flow) -> None:
    event = notification()
    flow.send([event])
    other = {**event, "data": {"recipient": "bob", "title": "other"}}
    batch = flow.send([other])["batchId"]

    reader.open_batch(batch)
    reader.reads("conflicting_duplicate")
    reader.click(reader.page.locator("#dead").get_by_role("link", name=event["id"]))

    expect(reader.page.locator("#outcome")).to_have_text("ingested; a copy is dead")
    reader.reads("conflicting_duplicate")


def test_throttled_function(reader: Reader, functions: Functions, flow: Flow) -> None:
    source = """
        def handler(event, context): ...
    """
    with consumed(flow.environment, functions, source, concurrency=0) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)

        reader.search(event["id"])

        reader.reads("Rate Exceeded", "TooManyRequestsException")


def test_message_without_attributes(reader: Reader, flow: Flow) -> None:
    event = alert()
    flow.publish(json.dumps(event))

    reader.search(event["id"])

    reader.reads("the message has no attributes")
    expect(reader.page.locator("#outcome")).to_have_text("delivered to no queue")
