"""What LocalStack does is told at `/_mailroom/events`, and counted at `/_mailroom/counters`."""

import json
import uuid
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from mailroom.observation.events import Events, is_observed, read_counters, read_events
from tests.support.events import alert, notification
from tests.support.flow import Flow
from tests.support.observed import Observed
from tests.support.users import User
from tests.support.users import user as a_user

DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError")


@pytest.fixture
def observed(environment: Environment) -> Observed:
    """What was told."""
    return Observed(environment)


def test_a_message_s_way_is_told_from_topic_to_queue_to_function(
    flow: Flow, observed: Observed
) -> None:
    event = notification(title=f"title of {uuid.uuid4()}")
    batch = flow.send([event])["batchId"]

    published = observed.one(event["id"], kind="publish")
    sns = published["message_id"]
    told = observed.some(lambda found: len(found) >= 4, sns)
    delivered = [one for one in told if one["kind"] == "delivery"]
    [matched] = [one for one in delivered if one["matched"]]
    received = observed.one(matched["queue_message_id"], kind="receive")
    deleted = observed.one(matched["queue_message_id"], kind="delete")
    began = observed.one(received["invocation"], kind="invocation")
    ended = observed.one(received["invocation"], kind="invocation-end")

    assert published["event"] == {name: event[name] for name in ("id", "source", "type")}
    assert published["attributes"] == {"type": "notification", "batch_id": batch}
    assert matched["to"] == flow.environment.topology.queue("NotificationQueue").arn
    refused = {
        one["to"].rpartition(":")[2]: one["policy"] for one in delivered if one is not matched
    }
    assert len(refused) == 2
    assert {"type": ["alert"]} in refused.values()
    assert received["receive_count"] == 1
    assert deleted["invocation"] == received["invocation"]
    process = flow.environment.outputs["ProcessMessagesFunctionName"]
    assert began["function"].endswith(f":{process}")
    assert began["trigger"].endswith(f":{batch}")
    assert (ended["error"], ended["memory"] > 10) == (None, True)
    assert published["invocation"] != received["invocation"]
    assert event["data"]["title"] not in json.dumps(told)


def test_states_are_told_as_they_change(flow: Flow, observed: Observed) -> None:
    batch = flow.send([alert()])["batchId"]

    found = observed.some(
        lambda found: any(
            one.get("type") == "Execution" and one["event"] == "exited" for one in found
        ),
        batch,
    )

    states = [(one["name"], one["event"]) for one in found if one["kind"] == "state"]
    assert states[:2] == [(None, "entered"), ("BeginPublishing", "entered")]
    assert ("ProcessAlerts", "exited") in states


def test_a_message_that_is_received_too_often_is_told_as_dead_and_as_redriven(
    environment: Environment, observed: Observed, queues: tuple[str, str]
) -> None:
    sqs, (url, dead) = environment.session.client("sqs"), queues
    sent = sqs.send_message(QueueUrl=url, MessageBody="{}")["MessageId"]

    for _ in range(2):
        sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
    died = observed.one(sent, kind="dead")
    sqs.start_message_move_task(SourceArn=died["to"])
    redriven = observed.one(sent, kind="redrive")

    assert died["to"].endswith(dead.rpartition("/")[2])
    assert (died["queue"], died["receive_count"]) == (redriven["to"], 1)
    assert observed.one(sent, kind="send")["source"] == "client"


def test_a_refused_call_is_told_with_the_statement_that_allows_it(
    environment: Environment, observed: Observed, user: User, queues: tuple[str, str]
) -> None:
    sqs = user.client("sqs")
    with pytest.raises(ClientError) as refused:
        sqs.send_message(QueueUrl=queues[0], MessageBody="{}")

    told = observed.one(user.name, kind="call", refused="iam", operation="SendMessage")
    user.allow(told["statement"])
    sqs.send_message(QueueUrl=queues[0], MessageBody="{}")

    assert refused.value.response["Error"]["Code"] in DENIED
    assert told["message"] == refused.value.response["Error"]["Message"]
    assert told["statement"]["Action"] == "sqs:SendMessage"
    assert told["resource"] == told["statement"]["Resource"]


def test_a_call_that_only_aws_refuses_is_told_with_aws_s_sentence(
    environment: Environment, observed: Observed, queues: tuple[str, str]
) -> None:
    missing = environment.topology.queue("AlertQueue").arn + "-missing"
    policy = json.dumps({"deadLetterTargetArn": missing, "maxReceiveCount": 3})

    with pytest.raises(ClientError) as refused:
        environment.session.client("sqs").set_queue_attributes(
            QueueUrl=queues[0], Attributes={"RedrivePolicy": policy}
        )

    told = observed.one(queues[0].rpartition("/")[2], kind="call", refused="limit")
    assert told["message"] == refused.value.response["Error"]["Message"]
    assert (told["statement"], told["status"]) == (None, 400)


def test_a_reader_that_waits_is_answered_when_a_message_is_sent(
    environment: Environment, queues: tuple[str, str]
) -> None:
    answers: list[Events] = []
    last = read_events(environment.endpoint).last
    reader = Thread(target=lambda: answers.append(read_events(environment.endpoint, last, wait=20)))
    reader.start()

    environment.session.client("sqs").send_message(QueueUrl=queues[0], MessageBody="{}")
    reader.join(20)

    assert answers[0].events
    assert is_observed(environment.endpoint)


def test_counters_tell_how_much_went_along_an_edge(flow: Flow, environment: Environment) -> None:
    topic = environment.topology.topic_arn
    queue = environment.topology.queue("AlertQueue").arn
    before = delivered(environment, topic, queue)

    flow.send([alert(), alert(), notification()])

    assert delivered(environment, topic, queue) == before + 2


def delivered(environment: Environment, topic: str, queue: str) -> int:
    edges = read_counters(environment.endpoint)["edges"]
    return sum(
        one["count"]
        for one in edges
        if (one["kind"], one["from"], one["to"]) == ("delivery", topic, queue)
    )


@pytest.fixture
def queues(environment: Environment) -> Iterator[tuple[str, str]]:
    """URLs of a queue, and of the one into which a message moves when it is received twice."""
    sqs, name = environment.session.client("sqs"), f"observed-{uuid.uuid4().hex[:8]}"
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    policy: dict[str, Any] = {
        "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
        "maxReceiveCount": 1,
    }
    url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)})
    yield url["QueueUrl"], dead
    for one in (url["QueueUrl"], dead):
        sqs.delete_queue(QueueUrl=one)


@pytest.fixture
def user(environment: Environment) -> Iterator[User]:
    """A user without any permission."""
    with a_user(environment) as someone:
        yield someone
