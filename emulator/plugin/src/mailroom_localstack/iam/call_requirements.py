"""The permissions that a call needs, and its condition keys."""

from collections.abc import Iterable, Mapping
from typing import Any

from mailroom_rules.actions import Permission, Scope, context_keys, required_permissions

type Params = Mapping[str, Any]

PASSED_TO = {"lambda": "lambda.amazonaws.com", "stepfunctions": "states.amazonaws.com"}
CODE_OPERATIONS = {"CreateFunction", "UpdateFunctionCode"}
# LocalStack's name for a folder of this machine, in place of a bucket's name.
NO_BUCKET = "hot-reload"


def needed(service: str, operation: str, params: Params, scope: Scope) -> list[Permission]:
    """The permissions of a call, with those that the service uses on the caller's behalf.

    Lambda reads a function's code from S3 as its caller.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
    """
    permissions = required_permissions(service, operation, params, scope)
    if service == "lambda" and operation in CODE_OPERATIONS:
        code = params.get("Code") or params
        bucket, key = code.get("S3Bucket"), code.get("S3Key")
        if bucket and bucket != NO_BUCKET:
            arn = f"arn:{scope.partition}:s3:::{bucket}/{key}"
            action = "s3:GetObjectVersion" if code.get("S3ObjectVersion") else "s3:GetObject"
            permissions = [*permissions, Permission(action, arn)]
    return permissions


def keys_of_call(
    service: str, operation: str, params: Params, scope: Scope, source: str | None
) -> dict[str, Any]:
    """The condition keys of a call.

    Args:
        source: the ARN of the resource that a service acts for, if a service calls.
    """
    keys: dict[str, Any] = dict(context_keys(service, operation, params, scope))
    if service in PASSED_TO:
        keys["iam:PassedToService"] = PASSED_TO[service]
    if source:
        keys["aws:SourceArn"] = source
        keys["aws:SourceAccount"] = source.split(":")[4] or scope.account
    return keys


def keys_of_assumption(role: str, machines: Iterable[str]) -> dict[str, Any]:
    """The condition keys of a service that assumes a role of its account.

    Args:
        role: the role's ARN.
        machines: ARNs of the state machines that have it.
    """
    keys: dict[str, Any] = {"aws:SourceAccount": role.split(":")[4]}
    machine = next(iter(machines), None)
    return keys | ({"aws:SourceArn": machine} if machine else {})
