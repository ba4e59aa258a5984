"""Which permissions an API call needs, by AWS's service authorization reference.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable
from dataclasses import replace

from mailroom_rules.actions import (
    cloudwatch,
    iam,
    kms,
    lambda_,
    logs,
    s3,
    secretsmanager,
    sns,
    sqs,
    states,
    sts,
)
from mailroom_rules.actions.context_keys import context_keys
from mailroom_rules.actions.refusal import Refusal, refusal
from mailroom_rules.actions.s3 import reveals_missing_key
from mailroom_rules.actions.scope import Params, Permission, Scope
from mailroom_rules.reference import resource_types

SERVICES: dict[str, Callable[[str, Params, Scope], list[Permission]]] = {
    "cloudwatch": cloudwatch.permissions,
    "iam": iam.permissions,
    "kms": kms.permissions,
    "lambda": lambda_.permissions,
    "logs": logs.permissions,
    "s3": s3.permissions,
    "secretsmanager": secretsmanager.permissions,
    "sns": sns.permissions,
    "sqs": sqs.permissions,
    "states": states.permissions,
    "stepfunctions": states.permissions,
    "sts": sts.permissions,
}


def required_permissions(
    service: str, operation: str, params: Params, scope: Scope
) -> list[Permission]:
    """Say which permissions a call needs; it needs all of them, and none if the list is empty.

    Args:
        service: as botocore or LocalStack names it, such as `sqs` or `stepfunctions`.
        operation: the API operation, such as `SendMessageBatch`.
        params: the call's parameters in botocore's shape.
        scope: the account and region that the call is made in.

    Returns:
        Permissions in the order in which AWS would miss them. One whose `known` is False is a
        guess: the operation's own name on `*`.
    """
    permissions = SERVICES.get(service)
    if permissions is None:
        return [Permission(f"{service}:{operation}", known=False)]
    return [_on_what_it_supports(one) for one in permissions(operation, params, scope)]


def _on_what_it_supports(permission: Permission) -> Permission:
    """A permission on `*` if its action supports no resource type, so that only `*` grants it."""
    if permission.resource == "*" or resource_types(permission.action) != frozenset():
        return permission
    printed = permission.printed_resource or permission.resource
    return replace(permission, resource="*", printed_resource=printed)


def actions_of(service: str, operation: str) -> list[str]:
    """The actions that a call needs whatever its parameters are.

    Args:
        service: as botocore or LocalStack names it.
        operation: the API operation.
    """
    needed = required_permissions(service, operation, {}, Scope("*", "*", "*"))
    return list(dict.fromkeys(permission.action for permission in needed))


__all__ = [
    "SERVICES",
    "Permission",
    "Refusal",
    "Scope",
    "actions_of",
    "context_keys",
    "refusal",
    "required_permissions",
    "reveals_missing_key",
]
