"""`mailroom trace` says what happened to a message, and why, for each of ten faults."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.tracing.steps import Step, Way
from mailroom.tracing.way import Tracer
from tests.integration.test_iam_services import closed_to_the_topic
from tests.support.command import Command
from tests.support.consumers import consumed
from tests.support.dead_end import dead_end
from tests.support.events import alert, notification
from tests.support.flow import Flow, until
from tests.support.functions import Functions
from tests.support.iam import Iam
from tests.support.ingestion_role import IngestionRole

DEAD = "NotificationDeadLetterQueue"


def test_a_message_that_is_ingested_has_its_whole_way(flow: Flow) -> None:
    event = notification()
    batch = flow.send([event])["batchId"]

    def is_whole(way: Way) -> bool:
        log = step_of(way, "received").details.get("log", [""]) if has("deleted")(way) else [""]
        return log[-1].startswith("REPORT")

    way = followed(flow.environment, event["id"], is_whole)

    assert [step.kind for step in way.steps if step.kind != "not-delivered"] == [
        *("accepted", "published", "delivered", "received", "ingested", "settled", "deleted")
    ]
    assert (way.outcome, way.missing, way.message.batch) == ("ingested", (), batch)
    assert step_of(way, "delivered").text == "delivered to NotificationQueue"
    received = step_of(way, "received")
    assert (
        received.text == "received from NotificationQueue by process_messages, for the first time"
    )
    assert f"REPORT RequestId: {received.invocation}" in received.details["log"][-1]


def test_the_command_prints_a_way_and_finds_a_message_by_a_word_in_it(
    flow: Flow, project: Project, environment: Environment
) -> None:
    word = uuid.uuid4().hex
    event = notification(title=word)
    flow.send([event])
    command = Command(project.root, project.state, environment=environment.name)

    told = command.json("trace", word)
    shown = command.run("trace", event["id"]).stdout

    assert told["message"]["id"] == event["id"]
    assert told["outcome"] == "ingested"
    assert "delivered to NotificationQueue" in shown
    assert "no message has" in command.run("trace", f"no-{word}", code=2).stderr


def test_poison_is_dead_with_reason_and_detail(flow: Flow) -> None:
    word = uuid.uuid4().hex
    flow.publish(f"no JSON {word}", type="notification")
    flow.work_until(lambda: bool(flow.queued(DEAD, f"no JSON {word}")), "the dead letter")

    way = followed(flow.environment, word, has("waiting"))

    assert way.outcome == "dead"
    assert "invalid_json" in step_of(way, "dead").text
    assert (
        step_of(way, "delivered").where == flow.environment.topology.queue("NotificationQueue").arn
    )
    assert step_of(way, "waiting").text.startswith(f"is in {DEAD}: invalid_json")


def test_a_wrong_queue_policy_is_told_with_the_statement_that_allows_delivery(
    iam_flow: Flow, iam: Iam
) -> None:
    event = notification()

    with closed_to_the_topic(iam.environment, "NotificationQueue"):
        iam_flow.publish(json.dumps(event), type="notification")
        way = followed(iam.environment, event["id"], has("dead"))

    refused = step_of(way, "refused")
    assert refused.text.startswith("NotificationQueue did not take it")
    assert refused.details["statement"]["Principal"] == {"Service": "sns.amazonaws.com"}
    assert refused.details["statement"]["Action"] == "sqs:SendMessage"
    assert "SubscriptionDeadLetterQueue" in step_of(way, "dead").text


def test_the_command_prints_the_statement_and_the_log_of_what_failed(
    flow: Flow, functions: Functions, project: Project
) -> None:
    command = Command(project.root, project.state, environment=flow.environment.name)
    closed, failing = notification(), notification()
    source = """
        def handler(event, context):
            raise LookupError("no such customer")
    """

    with closed_to_the_topic(flow.environment, "NotificationQueue"):
        flow.publish(json.dumps(closed), type="notification")
        followed(flow.environment, closed["id"], has("dead"))
    with consumed(flow.environment, functions, source) as name:
        flow.publish(json.dumps({**failing, "type": name}), type=name)
        followed(flow.environment, failing["id"], has_log)
        failed = command.run("trace", failing["id"]).stdout
    refused = command.run("trace", closed["id"]).stdout

    assert 'this statement allows it: {"Effect": "Allow"' in refused
    assert "sqs:SendMessage" in refused
    assert "log of invocation" in failed
    assert "LookupError: no such customer" in failed


def test_a_missing_permission_is_told_with_the_statement_that_allows_the_call(
    iam_flow: Flow, iam: Iam
) -> None:
    event = notification()
    [sid] = [
        one.sid
        for one in iam.roles["PublishMessagesRole"].statements
        if "sns:Publish" in one.actions
    ]

    with iam.without("PublishMessagesRole", str(sid)):
        iam_flow.run({"messages": [event]})
    way = followed(iam.environment, event["id"], has("refused"))

    assert way.outcome == "not published"
    assert step_of(way, "refused").details["statement"] == {
        "Effect": "Allow",
        "Action": "sns:Publish",
        "Resource": iam.environment.outputs["MessagesTopicArn"],
    }
    assert any("AccessRefused" in step.text for step in way.steps if step.kind == "failed")


def test_the_error_of_a_function_is_told_with_its_log(flow: Flow, functions: Functions) -> None:
    source = """
        def handler(event, context):
            raise LookupError("no such customer")
    """

    with consumed(flow.environment, functions, source) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)
        way = followed(flow.environment, event["id"], has_log)

    failed = step_of(way, "failed")
    assert failed.text.startswith(f"the invocation of {name} failed: LookupError: no such customer")
    assert any("LookupError" in line for line in failed.details["log"])


def test_a_timeout_is_told(flow: Flow, functions: Functions) -> None:
    source = """
        import time

        def handler(event, context):
            time.sleep(60)
    """

    with consumed(flow.environment, functions, source) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)
        way = followed(flow.environment, event["id"], has("failed"))

    assert "Sandbox.Timedout" in step_of(way, "failed").text
    assert "timed out after 2.00 seconds" in step_of(way, "failed").text


def test_a_throttled_function_is_told(flow: Flow, functions: Functions) -> None:
    source = """
        def handler(event, context): ...
    """

    with consumed(flow.environment, functions, source, concurrency=0) as name:
        event = {**notification(), "type": name}
        flow.publish(json.dumps(event), type=name)
        way = followed(flow.environment, event["id"], has("refused"))

    assert "Rate Exceeded" in step_of(way, "refused").text
    assert step_of(way, "refused").details["error"] == "TooManyRequestsException"


def test_a_database_that_is_down_is_told_and_the_message_is_in_its_queue(
    flow: Flow, role: IngestionRole, this_machine: str
) -> None:
    event = notification()

    with (
        dead_end(this_machine) as nowhere,
        role.other_secret(host=nowhere.host, port=nowhere.port),
        role.shut_out(),
    ):
        execution = flow.start({"messages": [event]})
        cut_off = replace(flow.environment, database="host=127.0.0.1 port=9 dbname=mailroom")
        way = followed(cut_off, event["id"], has("failed"), seconds=120)
    flow.ended(execution)

    assert way.outcome == "waiting in a queue"
    assert "DatabaseUnavailable" in step_of(way, "failed").text
    assert step_of(way, "waiting").text == "is in NotificationQueue"
    assert any("the database can't be reached" in sentence for sentence in way.missing)


def test_an_unknown_type_is_told_to_be_unrouted_with_the_filters(flow: Flow) -> None:
    event = {**notification(), "type": "greeting"}
    flow.publish(json.dumps(event), type="greeting")

    way = followed(flow.environment, event["id"], has("waiting"))

    assert (
        step_of(way, "delivered").text
        == "delivered to UnroutedQueue: no other queue takes its type"
    )
    filters = [step.details["policy"] for step in way.steps if step.kind == "not-delivered"]
    assert {"type": ["notification"]} in filters


def test_a_conflicting_duplicate_is_told_beside_the_row_of_the_first(flow: Flow) -> None:
    event = notification()
    flow.send([event])
    other = {**event, "data": {"recipient": "bob", "title": "other"}}
    flow.send([other])

    way = followed(flow.environment, event["id"], has("dead"))

    assert any("conflicting_duplicate" in step.text for step in way.steps if step.kind == "dead")
    for kind in ("accepted", "published", "received"):
        assert len([step for step in way.steps if step.kind == kind]) == 2
    assert way.outcome == "ingested; a copy is dead"


def test_a_message_without_attributes_is_told_to_be_delivered_nowhere(flow: Flow) -> None:
    event = alert()
    flow.publish(json.dumps(event))

    way = followed(flow.environment, event["id"], has("not-delivered"))

    assert way.outcome == "delivered to no queue"
    assert all("has no attributes" in step.text for step in way.steps if step.kind != "published")


def test_without_events_a_way_has_what_is_stored_and_says_what_is_missing(flow: Flow) -> None:
    event = notification()
    flow.send([event])
    nowhere = replace(flow.environment, endpoint="http://127.0.0.1:9", database="")
    stored = replace(flow.environment, endpoint="http://127.0.0.1:9")

    way = followed(stored, event["id"], has("settled"))
    in_aws = Tracer(nowhere).follow(way.message)

    assert [step.kind for step in way.steps] == ["accepted", "published", "ingested", "settled"]
    assert "keeps no events" in way.missing[0]
    assert [step.kind for step in in_aws.steps] == ["accepted", "published"]
    assert "the database can't be reached" in in_aws.missing[0]


def followed(
    environment: Environment, word: str, enough: Callable[[Way], Any], seconds: float = 60
) -> Way:
    """The way of the one message that has a word, once it has a step."""
    ways: list[Way] = []

    def there() -> bool:
        tracer = Tracer(environment)
        found = tracer.find(word)
        ways[:] = [tracer.follow(one) for one in found]
        return len(ways) == 1 and bool(enough(ways[0]))

    try:
        until(there, f"the way of {word}", seconds)
    except AssertionError as error:
        raise AssertionError(f"{error}; its ways are {ways}") from None
    return ways[0]


def has(kind: str) -> Callable[[Way], bool]:
    """Whether a way has a step of a kind."""
    return lambda way: any(step.kind == kind for step in way.steps)


def has_log(way: Way) -> bool:
    """Whether the log of an invocation is there."""
    return any(step.kind == "failed" and "log" in step.details for step in way.steps)


def step_of(way: Way, kind: str) -> Step:
    """The first step of a kind."""
    return next(step for step in way.steps if step.kind == kind)
