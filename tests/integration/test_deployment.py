"""Stacks on the engine: what is deployed, what fails, and what is left alone."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from mailroom.deployment.events import ResourceEvent
from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.errors import DeploymentFailed

QUEUE = {"Type": "AWS::SQS::Queue"}
FAILING = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "Runtime": "python3.13",
        "Handler": "a.b",
        "Role": "arn:aws:iam::000000000000:role/none",
        "Code": {"S3Bucket": "there-is-no-such-bucket", "S3Key": "nothing"},
    },
}
UNKNOWN = {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{}"}}


@pytest.fixture
def events() -> list[ResourceEvent]:
    """What the stack said while it changed."""
    return []


@pytest.fixture
def stack(environment: Environment, events: list[ResourceEvent]) -> Iterator[Stack]:
    """A stack that isn't there yet, and is gone at the end."""
    client = environment.session.client("cloudformation")
    stack = Stack(client, f"test-{uuid.uuid4().hex[:8]}", events.append)
    try:
        yield stack
    finally:
        stack.delete()


def template(**resources: Any) -> str:
    return json.dumps({"Resources": {"Queue": QUEUE, **resources}, "Outputs": OUTPUTS})


OUTPUTS = {"Url": {"Value": {"Ref": "Queue"}}}


def test_a_stack_is_created_with_its_outputs_and_tells_of_each_resource(
    stack: Stack, events: list[ResourceEvent]
) -> None:
    deployment = stack.deploy(template(), {}, {})

    assert deployment.changed
    assert "Queue" in deployment.outputs["Url"]
    assert ("Queue", "CREATE_COMPLETE") in [(e.logical_id, e.status) for e in events]


def test_deploying_twice_without_a_change_does_nothing(
    stack: Stack, events: list[ResourceEvent]
) -> None:
    first = stack.deploy(template(), {}, {"owner": "ada"})
    events.clear()

    second = stack.deploy(template(), {}, {"owner": "ada"})

    assert not second.changed
    assert second.outputs == first.outputs
    assert events == []


def test_a_changed_property_changes_its_resource_alone(
    stack: Stack, events: list[ResourceEvent]
) -> None:
    stack.deploy(template(Other=QUEUE), {}, {})
    events.clear()

    stack.deploy(template(Other={**QUEUE, "Properties": {"DelaySeconds": 1}}), {}, {})

    assert {event.logical_id for event in events} == {"Other", stack.name}


def test_a_changed_inline_policy_reaches_its_role(stack: Stack, environment: Environment) -> None:
    stack.deploy(template(Role=role("sqs:SendMessage")), {}, {})

    deployment = stack.deploy(template(Role=role("sqs:ReceiveMessage")), {}, {})

    iam = environment.session.client("iam")
    name = stack_resource(environment, stack, "Role")
    policy = iam.get_role_policy(RoleName=name, PolicyName="own")["PolicyDocument"]
    assert deployment.changed
    assert policy["Statement"][0]["Action"] == "sqs:ReceiveMessage"


def test_a_changed_inline_policy_leaves_the_role_s_other_policies(
    stack: Stack, environment: Environment
) -> None:
    other = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "PolicyName": "other",
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": document("sqs:SendMessage", Resource="*"),
        },
    }
    stack.deploy(template(Role=role("sqs:SendMessage"), Other=other), {}, {})

    stack.deploy(template(Role=role("sqs:ReceiveMessage"), Other=other), {}, {})

    iam = environment.session.client("iam")
    name = stack_resource(environment, stack, "Role")
    assert sorted(iam.list_role_policies(RoleName=name)["PolicyNames"]) == ["other", "own"]


def role(action: str) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": document(
                "sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"}
            ),
            "Policies": [
                {
                    "PolicyName": "own",
                    "PolicyDocument": document(action, Resource={"Fn::GetAtt": ["Queue", "Arn"]}),
                }
            ],
        },
    }


def document(action: str, **other: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": action, **other}],
    }


def stack_resource(environment: Environment, stack: Stack, logical_id: str) -> str:
    detail = environment.session.client("cloudformation").describe_stack_resource(
        StackName=stack.name, LogicalResourceId=logical_id
    )["StackResourceDetail"]
    return detail["PhysicalResourceId"]


def test_a_failed_creation_names_the_resource_and_its_reason_and_can_be_tried_again(
    stack: Stack,
) -> None:
    with pytest.raises(DeploymentFailed) as failed:
        stack.deploy(template(Failing=FAILING), {}, {})
    again = stack.deploy(template(), {}, {})

    assert "Failing (AWS::Lambda::Function): " in str(failed.value)
    assert 'Resource handler returned message: "' in str(failed.value)
    assert "(Service: Lambda, Status Code: 400, " in str(failed.value)
    assert len(str(failed.value).splitlines()) == 2
    assert again.changed


def test_a_failed_update_names_the_resource_and_its_reason_and_the_next_one_succeeds(
    stack: Stack,
) -> None:
    stack.deploy(template(), {}, {})

    with pytest.raises(DeploymentFailed) as failed:
        stack.deploy(template(Failing=FAILING), {}, {})
    again = stack.deploy(template(Other=QUEUE), {}, {})

    assert "Failing (AWS::Lambda::Function): " in str(failed.value)
    assert again.changed
    assert not stack.deploy(template(Other=QUEUE), {}, {}).changed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (template(Dashboard=UNKNOWN), "AWS::CloudWatch::Dashboard"),
        (template(Other={**QUEUE, "Properties": {"QueueName": {"Ref": "Missing"}}}), "Missing"),
        ("no template", "Template format error"),
    ],
)
def test_a_template_that_is_refused_says_why_and_the_next_one_succeeds(
    stack: Stack, body: str, reason: str
) -> None:
    with pytest.raises(DeploymentFailed, match=reason):
        stack.deploy(body, {}, {})

    assert stack.deploy(template(), {}, {}).changed


def test_deleting_what_is_not_there_does_nothing(stack: Stack) -> None:
    stack.delete()

    assert stack.status() is None
