"""Every kind of policy that a user or a role session can have counts, as it is at the moment."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from tests.parity.endpoint import code_of
from tests.support.users import User, user

LIST = {"Effect": "Allow", "Action": "sns:ListTopics", "Resource": "*"}
OTHER = {"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.fixture
def iam(environment: Environment) -> Any:
    return environment.session.client("iam")


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def managed(iam: Any, name: str) -> Iterator[str]:
    """The ARN of a managed policy that allows another thing."""
    arn = iam.create_policy(PolicyName=name, PolicyDocument=document(OTHER))["Policy"]["Arn"]
    yield arn
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    iam.delete_policy(PolicyArn=arn)


@pytest.fixture
def role(iam: Any, name: str) -> Iterator[str]:
    """The ARN of a role that may do everything."""
    trust = {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="test", PolicyDocument=document(EVERYTHING))
    yield arn
    iam.delete_role_policy(RoleName=name, PolicyName="test")
    iam.delete_role(RoleName=name)


def test_a_call_that_was_allowed_is_refused_as_soon_as_its_policy_is_gone(
    environment: Environment, name: str
) -> None:
    sqs = environment.session.client("sqs")
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn["QueueArn"]}

    def outcomes(someone: User) -> list[str]:
        return [
            code_of(lambda: someone.client("sqs").send_message(QueueUrl=url, MessageBody="one"))
            for _ in range(2)
        ]

    with user(environment, send) as someone, user(environment) as another:
        allowed = outcomes(someone), outcomes(another)
        someone.allow(OTHER)
        by_identity = outcomes(someone)
        policy = document(
            {**send, "Principal": {"AWS": f"arn:aws:iam::000000000000:user/{another.name}"}}
        )
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        by_resource = outcomes(another)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
        without = outcomes(another)
    sqs.delete_queue(QueueUrl=url)

    refused = ["AccessDenied"] * 2
    assert allowed == (["", ""], refused)
    assert (by_identity, by_resource, without) == (refused, ["", ""], refused)


def test_of_a_managed_policy_the_default_version_counts(
    environment: Environment, iam: Any, managed: str
) -> None:
    with user(environment) as someone:
        iam.attach_user_policy(UserName=someone.name, PolicyArn=managed)
        iam.create_policy_version(PolicyArn=managed, PolicyDocument=document(LIST))

        before = reason(someone)
        iam.set_default_policy_version(PolicyArn=managed, VersionId="v2")
        after = reason(someone)

        iam.detach_user_policy(UserName=someone.name, PolicyArn=managed)

    assert before == "because no identity-based policy allows the SNS:ListTopics action"
    assert after is None


def test_a_users_groups_count(environment: Environment, iam: Any, name: str) -> None:
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="test", PolicyDocument=document(LIST))
    with user(environment) as someone:
        before = reason(someone)
        iam.add_user_to_group(GroupName=name, UserName=someone.name)

        after = reason(someone)

        iam.remove_user_from_group(GroupName=name, UserName=someone.name)
    iam.delete_group_policy(GroupName=name, PolicyName="test")
    iam.delete_group(GroupName=name)

    assert (before is None, after) == (False, None)


def test_a_permissions_boundary_limits_and_none_that_is_gone_lets_through(
    environment: Environment, iam: Any, name: str, managed: str
) -> None:
    gone = managed.replace(name, "gone")
    with user(environment, EVERYTHING) as someone:
        reasons = [reason(someone)]
        for boundary in (managed, gone):
            iam.put_user_permissions_boundary(UserName=someone.name, PermissionsBoundary=boundary)
            reasons.append(reason(someone))
        iam.delete_user_permissions_boundary(UserName=someone.name)

    sentence = "because no permissions boundary allows the SNS:ListTopics action"
    assert reasons == [None, sentence, sentence]


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (LIST, None),
        (OTHER, "because no session policy allows the SNS:ListTopics action"),
        (
            {**LIST, "Condition": {"StringLike": {"aws:userid": "AROA*:another"}}},
            "because no session policy allows the SNS:ListTopics action",
        ),
        ({**LIST, "Condition": {"StringLike": {"aws:userid": "AROA*:session"}}}, None),
    ],
)
def test_a_session_policy_limits_a_role(
    environment: Environment, role: str, statement: Any, sentence: str | None
) -> None:
    sns = assumed(environment, role, Policy=document(statement))

    assert refusal(sns) == sentence


def test_a_permissions_boundary_limits_a_role(
    environment: Environment, iam: Any, name: str, managed: str, role: str
) -> None:
    sns = assumed(environment, role)
    before = refusal(sns)

    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=managed)

    assert before is None
    assert refusal(sns) == "because no permissions boundary allows the SNS:ListTopics action"


def assumed(environment: Environment, role: str, **parameters: str) -> Any:
    """A client of SNS that calls as a session of a role."""
    sts: Any = environment.session.client("sts")
    answer = sts.assume_role(RoleArn=role, RoleSessionName="session", **parameters)
    keys = answer["Credentials"]
    return boto3.client(
        "sns",
        endpoint_url=environment.endpoint,
        region_name=environment.session.region_name,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=Config(proxies={}),
    )


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def reason(someone: User) -> str | None:
    return refusal(someone.client("sns"))


def refusal(sns: Any) -> str | None:
    """Why topics may not be listed; None if they may."""
    try:
        sns.list_topics()
    except ClientError as error:
        message: str = error.response["Error"]["Message"]
        return message[message.index("because") :]
    return None
