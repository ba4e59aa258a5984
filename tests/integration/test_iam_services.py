"""Services that act for themselves need the permission of the resources that they act on."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from tests.support.events import notification
from tests.support.flow import Flow, until
from tests.support.iam import Iam


def test_without_the_queue_policy_messages_go_to_the_subscriptions_dead_letter_queue(
    iam_flow: Flow, iam: Iam
) -> None:
    body, before = json.dumps(notification()), iam.undelivered("NotificationQueue")

    with closed_to_the_topic(iam.environment, "NotificationQueue"):
        iam_flow.publish(body, type="notification")
        until(
            lambda: bool(iam_flow.queued("SubscriptionDeadLetterQueue", body)),
            "the message in the subscription's dead-letter queue",
        )

    assert iam.undelivered("NotificationQueue") > before
    assert iam_flow.queued("NotificationQueue", body) == []


def test_without_that_queues_policy_too_messages_are_dropped_and_counted(
    iam_flow: Flow, iam: Iam
) -> None:
    body, before = json.dumps(notification()), iam.undelivered("SubscriptionDeadLetterQueue")

    with (
        closed_to_the_topic(iam.environment, "NotificationQueue"),
        closed_to_the_topic(iam.environment, "SubscriptionDeadLetterQueue"),
    ):
        iam_flow.publish(body, type="notification")
        until(
            lambda: iam.undelivered("SubscriptionDeadLetterQueue") > before,
            "the message to be dropped",
        )

    until(
        lambda: has_metric(iam.environment, "NumberOfNotificationsFailedToRedriveToDlq"),
        "the message to be counted",
    )
    assert iam_flow.queued("NotificationQueue", body) == []
    assert iam_flow.queued("SubscriptionDeadLetterQueue", body) == []


def test_a_function_is_not_created_with_a_role_that_does_not_trust_lambda(
    iam_flow: Flow, iam: Iam
) -> None:
    functions = iam.environment.session.client("lambda")

    with pytest.raises(ClientError) as refused:
        functions.create_function(
            FunctionName=f"test-{uuid.uuid4().hex[:8]}",
            Role=iam.roles["MessageWorkflowRole"].arn,
            Runtime="python3.13",
            Handler="a.b",
            Code={"ZipFile": empty_archive()},
        )

    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterValueException"
    assert error["Message"] == "The role defined for the function cannot be assumed by Lambda."


def test_a_state_machine_whose_role_trusts_it_no_longer_fails_at_once(
    iam_flow: Flow, iam: Iam
) -> None:
    events = [notification(), notification(), notification()]
    iam_flow.send(events[:1])

    with trusts(iam, "MessageWorkflowRole", "lambda.amazonaws.com"):
        refused = iam_flow.run({"messages": events[1:2]})
    iam_flow.send(events[2:])

    assert refused.status == "FAILED"
    assert iam_flow.ingested(events) == [events[0], events[2]]


def test_an_event_source_mapping_is_not_created_where_the_role_may_not_read_the_queue(
    iam_flow: Flow, iam: Iam
) -> None:
    functions = iam.environment.session.client("lambda")
    sqs = iam.environment.session.client("sqs")
    url = iam.environment.outputs["NotificationQueueUrl"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])

    with pytest.raises(ClientError) as refused:
        functions.create_event_source_mapping(
            FunctionName=iam.environment.outputs["PublishMessagesFunctionName"],
            EventSourceArn=answer["Attributes"]["QueueArn"],
        )

    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterValueException"
    assert error["Message"].startswith(
        "The function execution role does not have permissions to call ReceiveMessage on SQS"
    )


@contextmanager
def closed_to_the_topic(environment: Environment, queue: str) -> Iterator[None]:
    """A queue has no policy; at the end it has its own again."""
    client = environment.session.client("sqs")
    url = environment.outputs[f"{queue}Url"]
    answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    policy = answer["Attributes"]["Policy"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    try:
        yield
    finally:
        client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def has_metric(environment: Environment, name: str) -> bool:
    topic = environment.outputs["MessagesTopicArn"].rpartition(":")[2]
    found = environment.session.client("cloudwatch").list_metrics(
        Namespace="AWS/SNS",
        MetricName=name,
        Dimensions=[{"Name": "TopicName", "Value": topic}],
    )
    return bool(found["Metrics"])


def empty_archive() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("a.py", "")
    return archive.getvalue()


@contextmanager
def trusts(iam: Iam, role: str, service: str) -> Iterator[None]:
    """A role trusts another service only; at the end the one that it trusted."""
    roles = iam.environment.session.client("iam")
    name = iam.roles[role].arn.rpartition("/")[2]
    before = roles.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    other = {"Version": "2012-10-17", "Statement": [trust]}
    roles.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(other))
    try:
        yield
    finally:
        roles.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(before))
