"""What holds for every policy and request: drawn by Hypothesis."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from mailroom_rules.policies import Outcome, Policy, PolicyType, Principal, Request, evaluate

ACTIONS = ("sns:Publish", "sqs:SendMessage", "sqs:*", "s3:Get*", "*")
QUEUE = "arn:aws:sqs:us-east-1:111122223333:queue"
RESOURCES = (QUEUE, "arn:aws:sqs:*:*:q*", "arn:aws:s3:::b/${aws:username}/*", "*")
CONDITIONS: tuple[dict[str, Any], ...] = (
    {},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringNotLike": {"aws:username": ["j*", "${aws:none, 'x'}"]}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
    {"Null": {"aws:username": "true"}},
)
NAMES = (
    "*",
    "111122223333",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:sts::111122223333:assumed-role/r/s",
    "arn:aws:iam::111122223333:user/jane",
)


def statements(*, named: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A statement of an identity policy, or one that names a principal."""
    elements: dict[str, st.SearchStrategy[Any]] = {
        "Effect": st.sampled_from(("Allow", "Allow", "Deny")),
        "Action": st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2),
        "Resource": st.sampled_from(RESOURCES),
        "Condition": st.sampled_from(CONDITIONS),
    }
    if named:
        elements["Principal"] = st.fixed_dictionaries({"AWS": st.sampled_from(NAMES)})
    return st.fixed_dictionaries(elements)


IDENTITY = st.lists(statements(named=False), max_size=3)
RESOURCE = st.lists(statements(named=True), max_size=3)
REQUESTS = st.builds(
    Request.of,
    st.sampled_from(NAMES[3:]).map(Principal.parse),
    st.sampled_from(("sns:Publish", "sqs:SendMessage", "s3:GetObject")),
    st.sampled_from((QUEUE, "arn:aws:sqs:us-east-1:444455556666:queue", "arn:aws:s3:::b/jane/x")),
    st.fixed_dictionaries(
        {},
        optional={
            "aws:username": st.sampled_from(("jane", "bob")),
            "aws:SecureTransport": st.booleans(),
            "aws:TagKeys": st.lists(st.sampled_from(("team", "cost"))),
        },
    ),
)


def decided(
    request: Request,
    identity: list[dict[str, Any]],
    guard: list[dict[str, Any]],
    boundary: list[dict[str, Any]] | None = None,
) -> Outcome:
    """The outcome with all three kinds of policy."""

    def policy(listed: list[dict[str, Any]], policy_type: PolicyType) -> Policy:
        return Policy.parse({"Version": "2012-10-17", "Statement": listed}, "p", policy_type)

    return evaluate(
        request,
        [policy(identity, PolicyType.IDENTITY)],
        permissions_boundary=policy(boundary, PolicyType.BOUNDARY) if boundary else None,
        resource_policy=policy(guard, PolicyType.RESOURCE),
    ).outcome


@given(REQUESTS, IDENTITY, RESOURCE)
def test_a_deny_never_loses(request: Request, identity: Any, guard: Any) -> None:
    deny = {"Effect": "Deny", "Action": request.action, "Resource": "*"}

    assert decided(request, [*identity, deny], guard) is Outcome.EXPLICITLY_DENIED
    named = deny | {"Principal": "*"}
    assert decided(request, identity, [*guard, named]) is Outcome.EXPLICITLY_DENIED


@given(REQUESTS, IDENTITY, RESOURCE, statements(named=False), statements(named=True))
def test_adding_an_allow_never_removes_access(
    request: Request, identity: Any, guard: Any, more: Any, named: Any
) -> None:
    before = decided(request, identity, guard)

    with_identity = decided(request, [*identity, more | {"Effect": "Allow"}], guard)
    with_guard = decided(request, identity, [*guard, named | {"Effect": "Allow"}])

    if before is Outcome.ALLOWED:
        assert with_identity is with_guard is Outcome.ALLOWED
    else:
        assert (before is Outcome.EXPLICITLY_DENIED) is (with_guard is Outcome.EXPLICITLY_DENIED)


@given(REQUESTS, IDENTITY, RESOURCE, IDENTITY)
def test_a_boundary_never_gives_access(
    request: Request, identity: Any, guard: Any, boundary: Any
) -> None:
    if decided(request, identity, guard, boundary) is Outcome.ALLOWED:
        assert decided(request, identity, guard) is Outcome.ALLOWED


@given(REQUESTS, IDENTITY, RESOURCE, st.randoms(use_true_random=False))
def test_actions_ignore_case(request: Request, identity: Any, guard: Any, random: Any) -> None:
    def scrambled(text: str) -> str:
        return "".join(random.choice((str.upper, str.lower))(character) for character in text)

    other = [
        statement | {"Action": [scrambled(action) for action in statement["Action"]]}
        for statement in identity
    ]

    assert decided(request, identity, guard) is decided(request, other, guard)
