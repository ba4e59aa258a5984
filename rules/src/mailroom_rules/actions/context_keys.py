"""The condition keys that a call's own parameters put in the request context.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Mapping

from mailroom_rules.actions.lambda_ import function_arn
from mailroom_rules.actions.scope import Params, Scope
from mailroom_rules.actions.secretsmanager import secret_arn
from mailroom_rules.policies.context import Raw

KEYS: Mapping[str, Mapping[str, str]] = {
    "s3": {
        "Prefix": "s3:prefix",
        "Delimiter": "s3:delimiter",
        "MaxKeys": "s3:max-keys",
        "VersionId": "s3:VersionId",
        "ACL": "s3:x-amz-acl",
        "CopySource": "s3:x-amz-copy-source",
        "MetadataDirective": "s3:x-amz-metadata-directive",
        "ServerSideEncryption": "s3:x-amz-server-side-encryption",
        "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "StorageClass": "s3:x-amz-storage-class",
        "ObjectLockMode": "s3:object-lock-mode",
    },
    "sns": {"Protocol": "sns:Protocol", "Endpoint": "sns:Endpoint"},
    "secretsmanager": {
        "Name": "secretsmanager:Name",
        "VersionId": "secretsmanager:VersionId",
        "VersionStage": "secretsmanager:VersionStage",
        "ForceDeleteWithoutRecovery": "secretsmanager:ForceDeleteWithoutRecovery",
        "RecoveryWindowInDays": "secretsmanager:RecoveryWindowInDays",
        "KmsKeyId": "secretsmanager:KmsKeyArn",
    },
    "lambda": {
        "Principal": "lambda:Principal",
        "FunctionUrlAuthType": "lambda:FunctionUrlAuthType",
    },
    "iam": {"PolicyArn": "iam:PolicyARN", "PermissionsBoundary": "iam:PermissionsBoundary"},
    "cloudwatch": {"Namespace": "cloudwatch:namespace"},
    "sts": {"ExternalId": "sts:ExternalId", "RoleSessionName": "sts:RoleSessionName"},
    "kms": {"EncryptionAlgorithm": "kms:EncryptionAlgorithm"},
}
TAG_PARAMETERS = ("Tags", "tags")


def context_keys(service: str, operation: str, params: Params, scope: Scope) -> dict[str, Raw]:
    """The service's own condition keys of one call, for `Request.of` beside the global ones.

    Args:
        service: as botocore or LocalStack names it.
        operation: the API operation.
        params: the call's parameters in botocore's shape.
        scope: the account and region that the call is made in.
    """
    named = KEYS.get(service, {})
    keys: dict[str, Raw] = {
        key: _scalar(params[name]) for name, key in named.items() if _is_scalar(params.get(name))
    }
    if service == "secretsmanager" and params.get("SecretId"):
        keys["secretsmanager:SecretId"] = secret_arn(params["SecretId"], scope)
    if service == "kms":
        pairs = params.get("EncryptionContext") or {}
        keys |= {f"kms:EncryptionContext:{name}": value for name, value in pairs.items()}
        if pairs:
            keys["kms:EncryptionContextKeys"] = tuple(pairs)
    if operation.endswith("EventSourceMapping") and params.get("FunctionName"):
        keys["lambda:FunctionArn"] = function_arn(params["FunctionName"], None, scope)
    return keys | _tags(params)


def _tags(params: Params) -> dict[str, Raw]:
    for name in TAG_PARAMETERS:
        tags = params.get(name)
        if isinstance(tags, Mapping):
            pairs = dict(tags)
        elif isinstance(tags, list):
            pairs = {
                tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value"))
                for tag in tags
                if isinstance(tag, Mapping)
            }
        else:
            continue
        keys: dict[str, Raw] = {f"aws:RequestTag/{key}": value for key, value in pairs.items()}
        return keys | {"aws:TagKeys": tuple(pairs)} if pairs else {}
    tag_keys = params.get("TagKeys") or params.get("tagKeys")
    return {"aws:TagKeys": tuple(tag_keys)} if tag_keys else {}


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool | int | float)


def _scalar(value: str | bool | int | float) -> Raw:
    return value
