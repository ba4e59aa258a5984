"""The report of a role's permissions."""

from mailroom.permissions.decisions import Decided, Reference
from mailroom.permissions.report import report_role, sufficient_policy
from mailroom.permissions.roles import Role, Statement

ARN = "arn:aws:iam::000000000000:role/worker"
QUEUE, OTHER = (f"arn:aws:sqs:us-east-1:000000000000:{name}" for name in ("queue", "other"))
CONSUME = Statement(
    "work",
    0,
    {
        "Sid": "Consume",
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:Delete*", "sqs:GetQueueUrl"],
        "Resource": [QUEUE, OTHER],
    },
)
WASTE = Statement("work", 1, {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"})
ROLE = Role("WorkerRole", ARN, (CONSUME, WASTE))
LOG = "arn:aws:logs:us-east-1:000000000000:log-group:g"
DECISIONS = [
    Decided(ARN, None, "sqs:ReceiveMessage", "allowed", (Reference("work", 0, "Consume"),), 3,
            {QUEUE: 3}, None),
    Decided(ARN, None, "sqs:DeleteMessage", "allowed", (Reference("work", 0, "Consume"),), 2,
            {QUEUE: 2}, None),
    Decided(ARN, None, "logs:PutLogEvents", "implicitDeny", (), 1, {f"{LOG}:log-stream:s": 1},
            "User: …"),
    Decided("arn:aws:iam::000000000000:role/other", None, "sns:Publish", "allowed",
            (Reference("work", 1, None),), 1, {"*": 1}, None),
]  # fmt: skip


def test_what_was_used_and_what_was_not_is_told_by_statement_and_action() -> None:
    report = report_role(ROLE, DECISIONS)

    assert [(one.statement.name, one.action, one.count) for one in report.used] == [
        ("Consume", "sqs:ReceiveMessage", 3),
        ("Consume", "sqs:Delete*", 2),
    ]
    assert [(one.statement.name, one.action) for one in report.unused] == [
        ("Consume", "sqs:GetQueueUrl"),
        ("work[1]", "sns:Publish"),
    ]
    assert [one.action for one in report.refused] == ["logs:PutLogEvents"]


def test_the_sufficient_policy_has_what_was_used_and_what_was_refused_and_no_more() -> None:
    policy = sufficient_policy(report_role(ROLE, DECISIONS))

    assert policy["Statement"] == [
        {
            "Sid": "Consume",
            "Effect": "Allow",
            "Action": ["sqs:DeleteMessage", "sqs:ReceiveMessage"],
            "Resource": QUEUE,
        },
        {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": f"{LOG}:*"},
    ]
