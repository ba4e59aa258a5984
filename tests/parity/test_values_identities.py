"""IAM: values that it refuses."""

import json

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of
from tests.parity.made import new_name
from tests.parity.made.roles import Roles, allow, document

API = "https://docs.aws.amazon.com/IAM/latest/APIReference"
INVALID = "ValidationError"


@pytest.mark.behaviour(f"{API}/API_CreateUser.html")
@pytest.mark.parametrize("name", ["a b", "x" * 65])
def test_a_user_whose_name_has_other_characters_or_too_many_is_refused(
    roles: Roles, name: str
) -> None:
    assert code_of(lambda: roles.iam.create_user(UserName=name)) == INVALID


@pytest.mark.behaviour(f"{API}/API_CreateRole.html")
def test_a_session_of_less_than_an_hour_is_refused(endpoint: Endpoint) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}

    refusal = code_of(
        lambda: as_given(endpoint, "iam").create_role(
            RoleName=new_name(),
            AssumeRolePolicyDocument=document({**trust, "Action": "sts:AssumeRole"}),
            MaxSessionDuration=3_599,
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
def test_a_managed_policy_of_more_than_6144_characters_is_refused(roles: Roles) -> None:
    statement = allow(["sqs:SendMessage"], f"arn:aws:sqs:*:*:{'x' * 6_144}")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    refusal = code_of(lambda: roles.iam.create_policy(PolicyName=new_name(), PolicyDocument=policy))

    assert refusal == "LimitExceeded"
