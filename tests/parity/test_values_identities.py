"""IAM: values that it refuses."""

import json
from contextlib import ExitStack

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


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
)
@pytest.mark.parametrize(
    "change",
    [
        {"Principal": None},
        {"Resource": "*"},
        {"Action": "s3:GetObject"},
    ],
    ids=str,
)
def test_a_trust_policy_of_no_principal_of_resources_or_of_other_actions_is_refused(
    roles: Roles, change: dict[str, object]
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    statement = {**trust, "Action": "sts:AssumeRole", **change}
    given = {name: value for name, value in statement.items() if value is not None}

    refusal = code_of(
        lambda: roles.iam.create_role(RoleName=new_name(), AssumeRolePolicyDocument=document(given))
    )

    assert refusal == "MalformedPolicyDocument"


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html"
)
@pytest.mark.parametrize("change", [{"Principal": "*"}, {"Sid": "two words"}], ids=str)
def test_a_policy_of_a_role_with_a_principal_or_a_bad_sid_is_refused(
    roles: Roles, change: dict[str, str]
) -> None:
    statement = {**allow(["sqs:SendMessage"], "*"), **change}

    refusal = code_of(
        lambda: roles.iam.create_policy(PolicyName=new_name(), PolicyDocument=document(statement))
    )

    assert refusal == "MalformedPolicyDocument"


@pytest.mark.behaviour(f"{API}/API_DeleteUser.html")
def test_a_user_with_a_key_and_a_policy_with_versions_are_not_deleted(
    roles: Roles, cleanup: ExitStack
) -> None:
    user = roles.make_user()
    statement = document(allow(["sqs:SendMessage"], "*"))
    made = roles.iam.create_policy(PolicyName=new_name(), PolicyDocument=statement)
    policy = {"PolicyArn": made["Policy"]["Arn"]}
    cleanup.callback(roles.iam.delete_policy, **policy)
    roles.iam.create_policy_version(**policy, PolicyDocument=statement)
    cleanup.callback(roles.iam.delete_policy_version, **policy, VersionId="v2")

    name = user.arn.rpartition("/")[2]
    assert code_of(lambda: roles.iam.delete_user(UserName=name)) == "DeleteConflict"
    assert code_of(lambda: roles.iam.delete_policy(**policy)) == "DeleteConflict"


@pytest.mark.behaviour("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html")
def test_a_role_has_ten_managed_policies(roles: Roles, cleanup: ExitStack) -> None:
    role = roles.make("lambda").rpartition("/")[2]
    statement = document(allow(["sqs:SendMessage"], "*"))

    def attach() -> None:
        made = roles.iam.create_policy(PolicyName=new_name(), PolicyDocument=statement)
        policy = {"PolicyArn": made["Policy"]["Arn"]}
        cleanup.callback(roles.iam.delete_policy, **policy)
        roles.iam.attach_role_policy(RoleName=role, **policy)
        cleanup.callback(roles.iam.detach_role_policy, RoleName=role, **policy)

    for _ in range(10):
        attach()

    assert code_of(attach) == "LimitExceeded"
