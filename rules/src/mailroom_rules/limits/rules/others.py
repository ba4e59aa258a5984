"""Step Functions, EventBridge, CloudWatch Logs, IAM and Secrets Manager."""

import re
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule, validation

STATES = "https://docs.aws.amazon.com/step-functions/latest/apireference/"
EVENTS = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/"
LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"

# White space, brackets, wildcards, other special characters and control characters.
_NOT_IN_NAMES = re.compile('[\\s<>{}\\[\\]?*"#%\\\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]')
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
MOST_POLICY, MOST_TRUST_POLICY = 6_144, 2_048


def _states_name(name: str, _request: Request) -> Refusal | None:
    """The model holds how long it may be."""
    if _NOT_IN_NAMES.search(name) is None:
        return None
    return Refusal("InvalidName", f"Invalid Name: '{name}'")


def _source(source: str, _entry: Request) -> Refusal | None:
    if not source.startswith("aws."):
        return None
    return Refusal("NotAuthorizedForSourceException", "Not authorized for the source.")


def _retention(days: int, _request: Request) -> Refusal | None:
    if days in RETENTION_DAYS:
        return None
    values = ", ".join(map(str, RETENTION_DAYS))
    sentence = f"Member must satisfy enum value set: [{values}]"
    refusal = validation(days, "retentionInDays", sentence)
    return Refusal("InvalidParameterException", refusal.message)


def _policy_size(most: int, quota: str) -> Refuse:
    """White space doesn't count."""

    def refuse(policy: Any, _request: Request) -> Refusal | None:
        if len("".join(str(policy).split())) <= most:
            return None
        return Refusal("LimitExceeded", f"Cannot exceed quota for {quota}: {most}", 409)

    return refuse


def _recovery_window(days: int, _request: Request) -> Refusal | None:
    if 7 <= days <= 30:
        return None
    return Refusal(
        "InvalidParameterException",
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    )


RULES = (
    Rule(
        "stepfunctions",
        ("StartExecution", "StartSyncExecution"),
        "name",
        "the name of an execution has no white space, brackets or special characters",
        f"{STATES}API_StartExecution.html",
        _states_name,
    ),
    Rule(
        "stepfunctions",
        ("CreateStateMachine",),
        "name",
        "the name of a state machine has no white space, brackets or special characters",
        f"{STATES}API_CreateStateMachine.html",
        _states_name,
    ),
    Rule(
        "events",
        ("PutEvents",),
        "Entries[].Source",
        "a source doesn't begin as those of AWS do",
        f"{EVENTS}API_PutEventsRequestEntry.html",
        _source,
    ),
    Rule(
        "logs",
        ("PutRetentionPolicy",),
        "retentionInDays",
        "log events are kept for one of 22 numbers of days",
        f"{LOGS}API_PutRetentionPolicy.html",
        _retention,
    ),
    Rule(
        "iam",
        ("CreatePolicy", "CreatePolicyVersion"),
        "PolicyDocument",
        "a managed policy has 6,144 characters",
        IAM,
        _policy_size(MOST_POLICY, "PolicySize"),
    ),
    Rule(
        "iam",
        ("CreateRole",),
        "AssumeRolePolicyDocument",
        "a role's trust policy has 2,048 characters",
        IAM,
        _policy_size(MOST_TRUST_POLICY, "ACLSizePerRole"),
    ),
    Rule(
        "iam",
        ("UpdateAssumeRolePolicy",),
        "PolicyDocument",
        "a role's trust policy has 2,048 characters",
        IAM,
        _policy_size(MOST_TRUST_POLICY, "ACLSizePerRole"),
    ),
    Rule(
        "secretsmanager",
        ("DeleteSecret",),
        "RecoveryWindowInDays",
        "a deleted secret can be restored for 7 to 30 days",
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
        _recovery_window,
    ),
)
