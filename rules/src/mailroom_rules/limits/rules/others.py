"""Step Functions and Secrets Manager."""

import json
import re
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

STATES = "https://docs.aws.amazon.com/step-functions/latest/apireference/"
SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"

# White space, brackets, wildcards, other special characters and control characters.
_NOT_IN_NAMES = re.compile('[\\s<>{}\\[\\]?*"#%\\\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff]')


def _states_name(name: str, _request: Request) -> Refusal | None:
    """The model holds how long it may be."""
    if _NOT_IN_NAMES.search(name) is None:
        return None
    return Refusal("InvalidName", f"Invalid Name: '{name}'")


def _role(arn: str, _request: Request) -> Refusal | None:
    if re.fullmatch(r"arn:[^:]+:iam::\d{12}:role/.+", arn):
        return None
    return Refusal("InvalidArn", f"Invalid Role Arn: '{arn}'")


def _listed(request: Any, _request: Request) -> Refusal | None:
    named = [name for name in ("stateMachineArn", "mapRunArn") if request.get(name)]
    if len(named) == 1:
        return None
    return Refusal("ValidationException", "Either a state machine or a Map Run must be given.")


def _recovery_window(days: int, _request: Request) -> Refusal | None:
    if 7 <= days <= 30:
        return None
    return _invalid("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).")


def _binary(_value: Any, request: Request) -> Refusal | None:
    if request.get("SecretString") is None:
        return None
    return _invalid("You can't specify both a binary secret value and a string secret value.")


def _resource_policy(policy: str, _request: Request) -> Refusal | None:
    try:
        json.loads(policy)
    except ValueError:
        return Refusal(
            "MalformedPolicyDocumentException", "This resource policy contains invalid Json"
        )
    return None


def _several(request: Any, _request: Request) -> Refusal | None:
    if bool(request.get("SecretIdList")) != bool(request.get("Filters")):
        return None
    return _invalid("Either 'SecretIdList' or 'Filters' must be provided, but not both.")


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


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
        "stepfunctions",
        ("CreateStateMachine", "UpdateStateMachine"),
        "roleArn",
        "a state machine's role is the ARN of a role",
        f"{STATES}API_CreateStateMachine.html",
        _role,
    ),
    Rule(
        "stepfunctions",
        ("ListExecutions",),
        "",
        "executions are listed of a state machine or of a Map Run",
        f"{STATES}API_ListExecutions.html",
        _listed,
    ),
    Rule(
        "secretsmanager",
        ("DeleteSecret",),
        "RecoveryWindowInDays",
        "a deleted secret can be restored for 7 to 30 days",
        f"{SECRETS}API_DeleteSecret.html",
        _recovery_window,
    ),
    Rule(
        "secretsmanager",
        ("CreateSecret", "PutSecretValue", "UpdateSecret"),
        "SecretBinary",
        "a secret is text or binary, not both",
        f"{SECRETS}API_CreateSecret.html",
        _binary,
    ),
    Rule(
        "secretsmanager",
        ("PutResourcePolicy",),
        "ResourcePolicy",
        "a resource policy is JSON",
        f"{SECRETS}API_PutResourcePolicy.html",
        _resource_policy,
    ),
    Rule(
        "secretsmanager",
        ("BatchGetSecretValue",),
        "",
        "several secrets are named, or filtered",
        f"{SECRETS}API_BatchGetSecretValue.html",
        _several,
    ),
)
