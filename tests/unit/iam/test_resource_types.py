"""Which resources an action can be granted on is AWS's service authorization reference's word."""

import pytest
from mailroom_rules.actions import Scope, context_keys, required_permissions
from mailroom_rules.policies import Policy, Principal, Request, evaluate
from mailroom_rules.reference import FILE, resource_types
from mailroom_rules.reference.derive import derive

SCOPE = Scope("eu-west-1", "000000000000")
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:mailroom-f"
MAPPING = {
    "FunctionName": "mailroom-f",
    "EventSourceArn": "arn:aws:sqs:eu-west-1:000000000000:q",
}


def test_the_committed_file_is_what_the_reference_says() -> None:
    assert FILE.read_text() == derive(), (
        "renew it: .venv/bin/python -m mailroom_rules.reference.derive"
    )


def test_an_action_has_the_arns_of_its_resource_types() -> None:
    topic = "arn:${Partition}:sns:${Region}:${Account}:${TopicName}"

    assert resource_types("SNS:publish") == frozenset({topic})
    assert resource_types("sns:Unsubscribe") == frozenset()
    assert resource_types("sns:Frobnicate") is None


@pytest.mark.parametrize(
    ("resource", "condition", "allowed"),
    [
        ("*", {}, True),
        ("*", {"ArnLike": {"lambda:FunctionArn": "arn:aws:lambda:*:*:function:mailroom-*"}}, True),
        ("*", {"ArnLike": {"lambda:FunctionArn": "arn:aws:lambda:*:*:function:other-*"}}, False),
        ("arn:aws:lambda:*:*:event-source-mapping:*", {}, False),
        (FUNCTION, {}, False),
    ],
)
def test_creating_an_event_source_mapping_is_granted_by_a_star_alone(
    resource: str, condition: dict[str, dict[str, str]], allowed: bool
) -> None:
    (needed,) = required_permissions("lambda", "CreateEventSourceMapping", MAPPING, SCOPE)
    keys = context_keys("lambda", "CreateEventSourceMapping", MAPPING, SCOPE)
    statement = {
        "Effect": "Allow",
        "Action": needed.action,
        "Resource": resource,
        "Condition": condition,
    }
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})

    caller = Principal.parse("arn:aws:iam::000000000000:role/r")
    decision = evaluate(Request.of(caller, needed.action, needed.resource, keys), [policy])

    assert decision.allowed is allowed


@pytest.mark.parametrize(
    "operation", ["GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"]
)
def test_a_subscription_is_granted_by_a_star_alone_and_a_refusal_names_its_topic(
    operation: str,
) -> None:
    topic = "arn:aws:sns:eu-west-1:000000000000:t"

    (needed,) = required_permissions("sns", operation, {"SubscriptionArn": f"{topic}:1"}, SCOPE)

    assert (needed.resource, needed.printed_resource) == ("*", topic)
