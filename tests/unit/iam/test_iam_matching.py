"""Actions, resources, policy variables and conditions, by AWS's documented examples."""

from typing import Any

import pytest

BUCKET = "arn:aws:s3:::mybucket"


def allow(**elements: Any) -> dict[str, Any]:
    """A statement that allows everything but for what it is told."""
    return {"Effect": "Allow", "Action": "*", "Resource": "*"} | elements


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
@pytest.mark.parametrize(
    ("pattern", "action", "matches"),
    [
        ("sns:Publish", "sns:Publish", True),
        ("SNS:PUBLISH", "sns:Publish", True),
        ("sns:*", "sns:Publish", True),
        ("iam:*AccessKey*", "iam:CreateAccessKey", True),
        ("iam:*AccessKey*", "iam:CreateUser", False),
        ("s3:?etObject", "s3:GetObject", True),
        ("sns:PublishBatch", "sns:Publish", False),
        ("*", "sqs:SendMessage", True),
    ],
)
def test_actions_ignore_case_and_know_wildcards(
    decide: Any, pattern: str, action: str, matches: bool
) -> None:
    assert decide(action, "*", identity=allow(Action=pattern)).allowed is matches


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        (f"{BUCKET}/*", f"{BUCKET}/a/b:c", True),
        (f"{BUCKET}/*", BUCKET, False),
        (f"{BUCKET}/*/test/?.txt", f"{BUCKET}/1/2/test/a.txt", True),
        ("arn:aws:sqs:*:111122223333:q*", "arn:aws:sqs:eu-west-1:111122223333:queue", True),
        ("arn:aws:sqs:*:queue", "arn:aws:sqs:eu-west-1:111122223333:queue", False),
        ("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:111122223333:queue", True),
        ("arn:aws:lambda:r:a:function:f", "arn:aws:lambda:r:a:function:f:live", False),
        ("arn:aws:lambda:r:a:function:f:*", "arn:aws:lambda:r:a:function:f:live", True),
        ("arn:aws:lambda:r:a:func*", "arn:aws:lambda:r:a:function:f", False),
        ("arn:aws:sns:r:a:Topic", "arn:aws:sns:r:a:topic", False),
    ],
)
def test_wildcards_stay_in_their_component_but_in_the_last(
    decide: Any, pattern: str, resource: str, matches: bool
) -> None:
    decision = decide("x:y", resource, owner="111122223333", identity=allow(Resource=pattern))

    assert decision.allowed is matches


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
@pytest.mark.parametrize(
    ("pattern", "context", "matches"),
    [
        (f"{BUCKET}/${{aws:username}}/*", {"aws:username": "David"}, True),
        (f"{BUCKET}/${{AWS:UserName}}/*", {"aws:username": "David"}, True),
        (f"{BUCKET}/${{aws:username}}/*", {"aws:username": "D*"}, False),
        (f"{BUCKET}/${{aws:username}}/*", {}, False),
        (f"{BUCKET}/${{aws:PrincipalTag/team, 'David'}}/*", {}, True),
        (f"{BUCKET}/${{aws:PrincipalTag/team, 'x'}}/*", {"aws:PrincipalTag/team": "David"}, True),
        (f"{BUCKET}/${{aws:TagKeys}}/*", {"aws:TagKeys": ["David"]}, False),
        (f"{BUCKET}/D${{*}}/*", {}, False),
        ("arn:aws:s3:${aws:none, ''}::mybucket/*", {}, False),
    ],
)
def test_variables_take_their_value_from_the_context(
    decide: Any, pattern: str, context: dict[str, Any], matches: bool
) -> None:
    decision = decide(
        "s3:GetObject",
        f"{BUCKET}/David/a",
        owner="111122223333",
        context=context,
        identity=allow(Resource=pattern),
    )

    assert decision.allowed is matches


def test_escaped_characters_are_themselves(decide: Any) -> None:
    escaped = allow(Resource=f"{BUCKET}/a${{*}}${{?}}${{$}}")

    assert decide("s3:GetObject", f"{BUCKET}/a*?$", identity=escaped).allowed
    assert not decide("s3:GetObject", f"{BUCKET}/abc$", identity=escaped).allowed


OPERATORS: list[tuple[str, Any, Any, bool]] = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", ["b", "a"], "a", True),
    ("StringEquals", "A", "a", False),
    ("StringEquals", "*", "a", False),
    ("StringNotEquals", ["a", "b"], "a", False),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("StringNotEquals", "a", None, True),
    ("StringEqualsIgnoreCase", "A", "a", True),
    ("StringLike", "mid*?", "midway", True),
    ("StringNotLike", "mid*", "midway", False),
    ("StringEqualsIfExists", "a", None, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("StringEquals", "a", ["a"], False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericLessThan", 10, "9.5", True),
    ("NumericNotEquals", "10", "10.0", False),
    ("NumericEquals", "ten", "10", False),
    ("DateGreaterThan", "2020-04-01T00:00:01Z", "2020-04-02", True),
    ("DateLessThan", "1585699201", "2020-03-31T23:59:59Z", True),
    ("Bool", True, "true", True),
    ("Bool", "false", "TRUE", False),
    ("Bool", "false", None, False),
    ("BoolIfExists", "false", None, True),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.9", False),
    ("IpAddress", "0.0.0.0/0", "203.0.113.9", True),
    ("ArnEquals", "arn:aws:sns:*:1:t*", "arn:aws:sns:eu:1:topic", True),
    ("ArnLike", "arn:aws:sns:*:t*", "arn:aws:sns:eu:1:topic", False),
    ("ArnNotLike", "arn:aws:sns:eu:1:t*", "arn:aws:sns:eu:1:topic", False),
    ("Null", "true", None, True),
    ("Null", "false", None, False),
    ("Null", "false", "x", True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a"], None, True),
    ("ForAllValues:StringEquals", ["a"], "", True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["b", "z"], True),
    ("ForAnyValue:StringEquals", ["a"], ["z"], False),
    ("ForAnyValue:StringEquals", ["a"], None, False),
    ("ForAnyValue:StringEqualsIfExists", ["a"], None, True),
    ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], True),
    ("ForAllValues:StringNotEquals", ["a"], ["a", "b"], False),
    ("forallvalues:stringlike", ["a*"], ["ab", "ac"], True),
]


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
@pytest.mark.parametrize(("operator", "policy", "given", "holds"), OPERATORS)
def test_condition_operators_compare_as_documented(
    decide: Any, operator: str, policy: Any, given: Any, holds: bool
) -> None:
    context = {} if given is None else {"aws:Key": given}
    statement = allow(Condition={operator: {"AWS:key": policy}})

    assert decide("x:y", "*", context=context, identity=statement).allowed is holds


def test_all_keys_of_a_condition_must_hold(decide: Any) -> None:
    condition = {"StringEquals": {"a:a": "1", "a:b": "2"}, "Bool": {"a:c": "true"}}
    context = {"a:a": "1", "a:b": "2", "a:c": True}

    assert decide("x:y", "*", context=context, identity=allow(Condition=condition)).allowed
    for key in context:
        fewer = {name: value for name, value in context.items() if name != key}
        assert not decide("x:y", "*", context=fewer, identity=allow(Condition=condition)).allowed


def test_a_variable_without_a_value_holds_neither_way(decide: Any) -> None:
    for operator in ("StringEquals", "StringNotEquals", "ArnNotLike"):
        condition = {operator: {"a:a": "arn:aws:s3:::${a:none}"}}
        context = {"a:a": "arn:aws:s3:::b"}
        assert not decide("x:y", "*", context=context, identity=allow(Condition=condition)).allowed
