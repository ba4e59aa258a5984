"""Policies of resources, from LocalStack's stores, and ARNs by names and aliases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from localstack.constants import AWS_REGION_US_EAST_1, DEFAULT_AWS_ACCOUNT_ID
from mailroom_rules.policies import Policy, PolicyType


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, as the evaluation of policies needs it.

    Attributes:
        account: its owner, if its ARN doesn't name it.
    """

    policy: Policy | None = None
    account: str | None = None


UNKNOWN = Resource()
BY_BOUNDARY = {
    *("AttachRolePolicy", "DeleteRolePermissionsBoundary", "DeleteRolePolicy"),
    *("DetachRolePolicy", "PutRolePolicy"),
}


def resource_of(arn: str) -> Resource:
    """A resource's policy and owner; no policy if it has none or doesn't exist."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return UNKNOWN
    finder = FINDERS.get(parts[2])
    return finder(arn, parts) if finder else UNKNOWN


def resolver(account: str, region: str) -> Callable[[str, str], str | None]:
    """Find the ARN of a secret or role by its name, and of a key by its alias."""

    def resolve(service: str, identifier: str) -> str | None:
        if service == "secretsmanager":
            secret = _secrets(account, region).get(identifier)
            return secret.arn if secret else None
        if service == "iam":
            role = role_named(account, identifier)
            return role.arn if role else None
        if service == "kms":
            return _key_arn(account, region, identifier)
        return None

    return resolve


def has_object(bucket: str, key: str) -> bool:
    """Whether a key exists; True if the bucket doesn't, which S3 reports itself."""
    found = _bucket(bucket)
    return found is None or found.objects.get(key) is not None


def machines_with(role: str, region: str) -> list[str]:
    """The ARNs of the state machines with a role."""
    from localstack.services.stepfunctions.backend.store import sfn_stores

    machines = sfn_stores[role.split(":")[4]][region].state_machines
    return [arn for arn, machine in list(machines.items()) if machine.role_arn == role]


def _queue(arn: str, parts: list[str]) -> Resource:
    from localstack.aws.api.sqs import QueueAttributeName
    from localstack.services.sqs.models import sqs_stores

    queue = sqs_stores[parts[4]][parts[3]].queues.get(parts[5])
    return _resource(arn, queue.attributes.get(QueueAttributeName.Policy) if queue else None)


def _topic(arn: str, parts: list[str]) -> Resource:
    from localstack.services.sns.models import sns_stores

    topic = sns_stores[parts[4]][parts[3]].topics.get(arn)
    return _resource(arn, topic and topic["attributes"].get("Policy"))


def _secret(arn: str, parts: list[str]) -> Resource:
    secret = _secrets(parts[4], parts[3]).get(arn)
    return _resource(arn, secret and getattr(secret, "policy", None))


def _bucket_of(arn: str, parts: list[str]) -> Resource:
    bucket = _bucket(parts[5].partition("/")[0])
    if bucket is None:
        return UNKNOWN
    return _resource(arn, bucket.policy, bucket.bucket_account_id)


def _function(arn: str, parts: list[str]) -> Resource:
    from localstack.services.lambda_.invocation.models import lambda_stores

    kind, _, rest = parts[5].partition(":")
    name, _, qualifier = rest.partition(":")
    function = lambda_stores[parts[4]][parts[3]].functions.get(name) if kind == "function" else None
    granted = function.permissions.get(qualifier or "$LATEST") if function else None
    return _resource(arn, asdict(granted.policy) if granted else None)


def _key(arn: str, parts: list[str]) -> Resource:
    from localstack.services.kms.models import kms_stores

    key = kms_stores[parts[4]][parts[3]].keys.get(parts[5].removeprefix("key/"))
    return _resource(arn, key.policy if key else None)


def role_named(account: str, name: str) -> Any:
    """Moto's role; None if there is none."""
    from moto.iam.models import iam_backends

    roles = list(iam_backends[account]["aws"].roles.values())
    return next((role for role in roles if role.name == name), None)


def boundary_of_role(operation: str, account: str, name: str) -> dict[str, str]:
    """The condition key of an operation on a role that has a permissions boundary.

    CreateRole and PutRolePermissionsBoundary have it from their parameters.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
    """
    if operation not in BY_BOUNDARY:
        return {}
    arn = getattr(role_named(account, name), "permissions_boundary_arn", None)
    return {"iam:PermissionsBoundary": arn} if arn else {}


def _role(arn: str, parts: list[str]) -> Resource:
    from moto.iam.models import iam_backends

    roles = list(iam_backends[parts[4]][parts[1]].roles.values())
    role = next((role for role in roles if role.arn == arn), None)
    return _resource(arn, role.assume_role_policy_document if role else None)


def _resource(
    arn: str, document: str | Mapping[str, Any] | None, account: str | None = None
) -> Resource:
    if not document:
        return Resource(None, account)
    text = document if isinstance(document, str) else json.dumps(document)
    return Resource(Policy.parse(text, arn, PolicyType.RESOURCE), account)


def _secrets(account: str, region: str) -> Any:
    from moto.secretsmanager.models import secretsmanager_backends

    return secretsmanager_backends[account][region].secrets


def _bucket(name: str) -> Any:
    from localstack.services.s3.models import s3_stores

    owner = s3_stores[DEFAULT_AWS_ACCOUNT_ID][AWS_REGION_US_EAST_1].global_bucket_map.get(name)
    return s3_stores[owner][AWS_REGION_US_EAST_1].buckets.get(name) if owner else None


def _key_arn(account: str, region: str, identifier: str) -> str | None:
    from localstack.services.kms.models import kms_stores

    store = kms_stores[account][region]
    name = identifier.rpartition(":")[2]
    alias = store.aliases.get(name)
    key = store.keys.get(alias.metadata["TargetKeyId"] if alias else name.removeprefix("key/"))
    return key.metadata["Arn"] if key else None


FINDERS: dict[str, Callable[[str, list[str]], Resource]] = {
    "sqs": _queue,
    "sns": _topic,
    "secretsmanager": _secret,
    "s3": _bucket_of,
    "lambda": _function,
    "kms": _key,
    "iam": _role,
}
