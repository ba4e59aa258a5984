"""CloudFormation has no permissions of its own: it calls as who deploys."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from mailroom.environments.environment import Environment
from tests.support.tried import Tried
from tests.support.users import user

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
QUEUES = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
TOPICS = {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}
QUEUE = {"Queue": {"Type": "AWS::SQS::Queue"}}
RESOURCES = {**QUEUE, "Topic": {"Type": "AWS::SNS::Topic", "DependsOn": "Queue"}}


@pytest.mark.parametrize(
    "create", [Tried.create, lambda tried, resources: tried.execute("CREATE", resources)]
)
def test_a_stack_s_resources_are_made_with_the_permissions_of_who_deploys(
    environment: Environment, create: Callable[[Tried, dict[str, Any]], str]
) -> None:
    with user(environment, QUEUES) as deployer:
        tried = Tried(deployer.client("cloudformation"))

        refused = create(tried, RESOURCES)

        assert refused == "ROLLBACK_COMPLETE"
        assert "is not authorized to perform: SNS:CreateTopic" in failure(tried)

        deployer.allow(QUEUES, TOPICS)
        tried.client.delete_stack(StackName=tried.name)

        assert create(tried, RESOURCES) == "CREATE_COMPLETE"
        tried.client.delete_stack(StackName=tried.name)


def test_a_stack_is_not_deleted_without_the_permission_to(environment: Environment) -> None:
    with user(environment, QUEUES) as deployer:
        tried = Tried(deployer.client("cloudformation"))
        tried.create(QUEUE)
        arn = tried.described()["StackId"]
        deployer.allow({**QUEUES, "Action": "sqs:GetQueue*"})
        stack = Tried(deployer.client("cloudformation"))
        stack.name = arn

        tried.client.delete_stack(StackName=tried.name)

        assert stack.rests() == "DELETE_FAILED"
        deployer.allow(QUEUES)
        tried.client.delete_stack(StackName=tried.name)
        assert stack.rests() == "DELETE_COMPLETE"


def test_roles_are_made_only_with_the_boundary_that_a_condition_names(
    environment: Environment,
) -> None:
    iam = environment.session.client("iam")
    boundary = iam.create_policy(
        PolicyName=f"test-{uuid.uuid4().hex[:8]}",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [QUEUES]}),
    )["Policy"]["Arn"]
    roles = {"Effect": "Allow", "Resource": "arn:aws:iam::*:role/*"}
    only_with = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    bounded_alone = {
        **roles,
        "Action": ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"],
        "Condition": only_with,
    }
    others = {**roles, "Action": ["iam:DeleteRole", "iam:Get*", "iam:List*"]}
    properties = {
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [QUEUES]}}
        ],
    }
    bounded = {**properties, "PermissionsBoundary": boundary}
    with user(environment, bounded_alone, others, QUEUES) as deployer:
        without, within = (Tried(deployer.client("cloudformation")) for _ in range(2))

        refused = without.create(
            {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, **QUEUE}
        )
        made = within.create({"Role": {"Type": "AWS::IAM::Role", "Properties": bounded}, **QUEUE})
        arn = within.described()["StackId"]
        within.client.delete_stack(StackName=arn)
        within.name = arn

        assert (refused, made) == ("ROLLBACK_COMPLETE", "CREATE_COMPLETE")
        assert "is not authorized to perform: iam:CreateRole" in failure(without)
        assert within.rests() == "DELETE_COMPLETE"
    iam.delete_policy(PolicyArn=boundary)


def failure(tried: Tried) -> str:
    """Why the first resource that failed did."""
    events = tried.client.describe_stack_events(StackName=tried.name)["StackEvents"]
    failed = [one for one in events if one["ResourceStatus"] == "CREATE_FAILED"]
    return failed[-1]["ResourceStatusReason"]
