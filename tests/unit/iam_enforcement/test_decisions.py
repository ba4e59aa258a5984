"""The decision log counts by kind, and is bounded."""

from mailroom_localstack.iam.decision_log import DecisionLog
from mailroom_rules.policies import (
    Decision,
    Outcome,
    Policy,
    PolicyType,
    Principal,
    Request,
    evaluate,
)

SESSION = Principal.parse("arn:aws:sts::000000000000:assumed-role/reader/session")
POLICY = Policy.parse(
    {
        "Version": "2012-10-17",
        "Statement": {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    },
    "reading",
)


def test_decisions_of_one_kind_are_counted_by_role_and_statement() -> None:
    log = DecisionLog()

    for name in ("a", "b", "a"):
        log.record(decided("s3:GetObject", f"arn:aws:s3:::bucket/{name}"))

    [entry] = log.as_json()["decisions"]
    assert entry["principal"] == "arn:aws:iam::000000000000:role/reader"
    assert (entry["outcome"], entry["count"]) == ("allowed", 3)
    assert entry["resources"] == {"arn:aws:s3:::bucket/a": 2, "arn:aws:s3:::bucket/b": 1}
    [statement] = entry["statements"]
    assert (statement["policy"], statement["index"], statement["sid"]) == ("reading", 0, "Read")


def test_a_refusal_keeps_what_the_caller_was_told() -> None:
    log = DecisionLog()

    decision = decided("s3:PutObject", "arn:aws:s3:::bucket/a")
    log.record(decision, message=decision.message())

    [entry] = log.as_json()["decisions"]
    assert decision.outcome is Outcome.IMPLICITLY_DENIED
    assert entry["policyType"] == PolicyType.IDENTITY.value
    assert "not authorized to perform: s3:PutObject" in entry["message"]


def test_the_log_is_bounded_and_says_what_it_left_out() -> None:
    log = DecisionLog(kinds=1, resources=2)

    for name in ("a", "b", "c"):
        log.record(decided("s3:GetObject", f"arn:aws:s3:::bucket/{name}"))
    log.record(decided("s3:PutObject", "arn:aws:s3:::bucket/a"))

    told = log.as_json()
    assert told["dropped"] == 1
    [entry] = told["decisions"]
    assert (entry["count"], len(entry["resources"]), entry["furtherResources"]) == (3, 2, 1)


def test_a_reset_deletes_all_counts() -> None:
    log = DecisionLog()
    log.record_unchecked("arn:aws:iam::000000000000:user/ada", "iam:ListUsers")

    log.reset()

    assert log.as_json() == {"dropped": 0, "decisions": []}


def decided(action: str, resource: str) -> Decision:
    return evaluate(Request.of(SESSION, action, resource), [POLICY])
