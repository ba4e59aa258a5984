"""AWS Secrets Manager: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html"""

import re

from mailroom_rules.actions.scope import Params, Permission, Scope

NO_RESOURCE = {"GetRandomPassword", "ListSecrets"}
COMPLETE = re.compile(r"arn:[^:]+:secretsmanager:[^:]*:\d*:secret:.+-[A-Za-z0-9]{6}")
UNKNOWN_SUFFIX = "-??????"


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of Secrets Manager needs; its messages show the SecretId as it was given."""
    action = f"secretsmanager:{operation}"
    if operation in NO_RESOURCE:
        return [Permission(action)]
    if operation == "BatchGetSecretValue":
        listed = params.get("SecretIdList") or []
        batch = [_of("secretsmanager:GetSecretValue", secret, scope) for secret in listed]
        return [Permission(action), *batch]
    if operation == "CreateSecret":
        name = params.get("Name", "")
        arn = scope.arn("secretsmanager", f"secret:{name}{UNKNOWN_SUFFIX}")
        return [Permission(action, arn, printed_resource=name)]
    if params.get("SecretId"):
        return [_of(action, params["SecretId"], scope)]
    return [Permission(action, known=False)]


def secret_arn(secret_id: str, scope: Scope) -> str:
    """The ARN of a secret given by name, by ARN, or by ARN without its random suffix.

    Where no such secret exists the suffix stays six question marks, which match what a policy for
    any suffix (`name-??????`, `name-*`) matches.
    """
    if found := scope.resolve("secretsmanager", secret_id):
        return found
    if secret_id.startswith("arn:"):
        return secret_id if COMPLETE.fullmatch(secret_id) else f"{secret_id}{UNKNOWN_SUFFIX}"
    return scope.arn("secretsmanager", f"secret:{secret_id}{UNKNOWN_SUFFIX}")


def _of(action: str, secret_id: str, scope: Scope) -> Permission:
    return Permission(action, secret_arn(secret_id, scope), printed_resource=secret_id)
