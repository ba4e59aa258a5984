"""AWS KMS: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope

NO_RESOURCE = {
    *("CreateCustomKeyStore", "CreateKey", "DeleteCustomKeyStore", "DescribeCustomKeyStores"),
    *("ConnectCustomKeyStore", "DisconnectCustomKeyStore", "UpdateCustomKeyStore"),
    *("GenerateRandom", "ListAliases", "ListKeys", "ListRetirableGrants"),
}
ON_ALIAS_AND_KEY = {"CreateAlias", "DeleteAlias", "UpdateAlias"}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of KMS needs; Decrypt without a KeyId has its key in the ciphertext."""
    action = f"kms:{operation}"
    if operation in NO_RESOURCE:
        return [Permission(action)]
    if operation == "ReEncrypt":
        return [
            _on_key("kms:ReEncryptFrom", params.get("SourceKeyId"), scope),
            _on_key("kms:ReEncryptTo", params.get("DestinationKeyId"), scope),
        ]
    if operation in ON_ALIAS_AND_KEY:
        alias = params.get("AliasName", "")
        key = params.get("TargetKeyId") or alias
        return [Permission(action, scope.arn("kms", alias)), _on_key(action, key, scope)]
    return [_on_key(action, params.get("KeyId"), scope)]


def _on_key(action: str, identifier: str | None, scope: Scope) -> Permission:
    """A key by id, ARN, alias or alias ARN: a permission is always the key's, never the alias's."""
    found = scope.resolve("kms", identifier or "")
    if found:
        return Permission(action, found)
    if not identifier or "alias/" in identifier:
        return Permission(action, known=False)
    arn = identifier if identifier.startswith("arn:") else scope.arn("kms", f"key/{identifier}")
    return Permission(action, arn)
