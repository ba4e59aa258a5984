"""AWS's policy evaluation logic, by its documented examples.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from typing import Any

import pytest
from mailroom_rules.policies import (
    MalformedPolicyError,
    Naming,
    Outcome,
    Policy,
    PolicyType,
    Principal,
)

ACCOUNT, OTHER = "111122223333", "444455556666"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ProcessMessages/i-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ProcessMessages"
USER = f"arn:aws:iam::{ACCOUNT}:user/jane"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/jane"
OUTSIDER = f"arn:aws:sts::{OTHER}:assumed-role/Auditor/s"
SEND = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE}
RECEIVE = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": QUEUE}
DENY = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": "*"}


def to(principal: Any, statement: dict[str, Any] = SEND) -> dict[str, Any]:
    """A resource policy's statement for a principal."""
    return statement | {"Principal": principal}


def test_without_an_allow_a_request_is_denied_implicitly(decide: Any) -> None:
    decision = decide("sqs:SendMessage", QUEUE, identity=RECEIVE)

    assert decision.outcome is Outcome.IMPLICITLY_DENIED
    assert decision.message() == (
        f"User: {SESSION} is not authorized to perform: sqs:SendMessage on resource: {QUEUE} "
        "because no identity-based policy allows the sqs:SendMessage action"
    )


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"identity": [SEND, DENY]}, "with an explicit deny in an identity-based policy"),
        ({"guard": to("*", DENY)}, "with an explicit deny in a resource-based policy"),
        ({"boundary": [SEND, DENY]}, "with an explicit deny in a permissions boundary"),
        ({"session": [SEND, DENY]}, "with an explicit deny in a session policy"),
    ],
)
def test_an_explicit_deny_in_any_policy_overrides_every_allow(
    decide: Any, where: dict[str, Any], sentence: str
) -> None:
    decision = decide("sqs:SendMessage", QUEUE, **({"identity": SEND} | where))

    assert decision.outcome is Outcome.EXPLICITLY_DENIED
    assert decision.reason == sentence
    assert [match.index for match in decision.statements] in ([0], [1])


# "Resource-based policies and implicit denies in other policy types (same account)"
@pytest.mark.parametrize(
    ("principal", "named", "allowed"),
    [
        (SESSION, ROLE, False),
        (SESSION, SESSION, True),
        (USER, USER, True),
        (FEDERATED, USER, False),
        (FEDERATED, FEDERATED, True),
        (SESSION, "*", True),
    ],
)
def test_what_a_boundary_limits_depends_on_whom_the_resource_policy_names(
    decide: Any, principal: str, named: str, allowed: bool
) -> None:
    decision = decide(
        "sqs:SendMessage", QUEUE, principal=principal, boundary=RECEIVE, guard=to({"AWS": named})
    )

    assert decision.allowed is allowed
    if not allowed:
        sentence = "because no permissions boundary allows the sqs:SendMessage action"
        assert decision.reason == sentence


def test_a_resource_policy_for_the_role_suffices_within_its_account(decide: Any) -> None:
    decision = decide("sqs:SendMessage", QUEUE, guard=to({"AWS": ROLE}))

    assert decision.allowed
    assert decision.policy_type is PolicyType.RESOURCE
    assert decision.statements[0].naming is Naming.PARENT


def test_a_resource_policy_for_the_account_only_delegates_to_it(decide: Any) -> None:
    alone = decide("sqs:SendMessage", QUEUE, guard=to({"AWS": ROOT}))
    with_identity = decide("sqs:SendMessage", QUEUE, guard=to({"AWS": ACCOUNT}), identity=SEND)

    assert "no identity-based policy" in alone.reason
    assert with_identity.allowed


def test_a_session_policy_limits_what_the_identity_allows(decide: Any) -> None:
    decision = decide("sqs:SendMessage", QUEUE, identity=SEND, session=RECEIVE)

    assert decision.reason == "because no session policy allows the sqs:SendMessage action"


def test_a_role_is_named_with_its_path(decide: Any) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:role/service/ProcessMessages"

    with_path = decide(
        "sqs:SendMessage",
        QUEUE,
        principal=Principal.parse(SESSION, role_arn=arn),
        guard=to({"AWS": arn}),
    )
    without = decide("sqs:SendMessage", QUEUE, guard=to({"AWS": arn}))

    assert with_path.allowed
    assert not without.allowed


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
@pytest.mark.parametrize(
    ("identity", "guard", "missing"),
    [
        (SEND, to({"AWS": OTHER}), None),
        (SEND, to({"AWS": OUTSIDER}), None),
        (SEND, None, "resource-based policy"),
        (None, to({"AWS": OUTSIDER}), "identity-based policy"),
        (SEND, to({"AWS": ACCOUNT}), "resource-based policy"),
    ],
)
def test_across_accounts_both_sides_must_allow(
    decide: Any, identity: Any, guard: Any, missing: str | None
) -> None:
    decision = decide("sqs:SendMessage", QUEUE, principal=OUTSIDER, identity=identity, guard=guard)

    assert decision.allowed is (missing is None)
    assert missing is None or missing in decision.reason


# https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
def test_a_service_needs_the_resource_policy_and_its_source(decide: Any) -> None:
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"
    guard = to({"Service": "sns.amazonaws.com"}) | {
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}}
    }
    sns = Principal.service("sns.amazonaws.com")

    def delivered(source: str, policy: Any) -> Any:
        context = {"aws:SourceArn": source}
        return decide("sqs:SendMessage", QUEUE, principal=sns, context=context, guard=policy)

    assert delivered(topic, guard).allowed
    assert not delivered(f"{topic}-2", guard).allowed
    assert delivered(topic, None).message() == (
        f"User: sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: "
        f"{QUEUE} because no resource-based policy allows the sqs:SendMessage action"
    )


def test_the_root_user_may_do_all_that_no_policy_denies(decide: Any) -> None:
    assert decide("sqs:SendMessage", QUEUE, principal=ROOT).allowed
    assert not decide("sqs:SendMessage", QUEUE, principal=ROOT, guard=to("*", DENY)).allowed


# https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
def test_a_key_trusts_its_own_policy_alone(decide: Any) -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd"
    decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}

    without = decide("kms:Decrypt", key, identity=decrypt, guard=to({"AWS": USER}, decrypt))
    delegated = decide("kms:Decrypt", key, identity=decrypt, guard=to({"AWS": ROOT}, decrypt))

    assert without.reason == "because no resource-based policy allows the kms:Decrypt action"
    assert delegated.allowed


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
@pytest.mark.parametrize(
    ("listed", "boundary", "allowed"),
    [
        ([SESSION, ROLE, ROOT], None, True),
        ([SESSION, ROLE], None, False),
        ([ROOT], None, False),
        ([SESSION, ROLE, ROOT], SEND, False),
    ],
)
def test_a_deny_with_not_principal_spares_who_is_listed_in_full_and_has_no_boundary(
    decide: Any, listed: list[str], boundary: Any, allowed: bool
) -> None:
    guard = DENY | {"NotPrincipal": {"AWS": listed}}

    decision = decide("sqs:SendMessage", QUEUE, identity=SEND, guard=guard, boundary=boundary)

    assert decision.allowed is allowed


def test_get_caller_identity_needs_no_permission(decide: Any) -> None:
    assert decide("sts:GetCallerIdentity", "*", identity={**DENY, "Action": "*"}).allowed


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "not JSON"),
        ({"Statement": [SEND | {"Effect": "allow"}]}, "Effect"),
        ({"Version": "2020-01-01", "Statement": []}, "Version"),
        ({"Statement": [to("*")]}, "cannot have a Principal"),
        ({"Statement": [SEND | {"NotAction": "*"}]}, "not both"),
        (
            {"Statement": [SEND | {"Condition": {"StringIs": {"a": "b"}}}]},
            "not a condition operator",
        ),
        ({"Statement": [SEND | {"Actions": "*"}]}, "no element Actions"),
    ],
)
def test_a_malformed_policy_is_refused(document: Any, complaint: str) -> None:
    with pytest.raises(MalformedPolicyError, match=complaint):
        Policy.parse(document)
