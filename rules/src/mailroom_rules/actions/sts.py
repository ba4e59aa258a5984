"""AWS STS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope

FREE = {"GetCallerIdentity", "GetSessionToken"}
NO_RESOURCE = {"DecodeAuthorizationMessage", "GetAccessKeyInfo", "GetWebIdentityToken"}
ASSUMES = {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call of STS needs; GetCallerIdentity and GetSessionToken need no permission."""
    if operation in FREE:
        return []
    if operation in ASSUMES:
        role = params.get("RoleArn", "*")
        tagged = [Permission("sts:TagSession", role)] if params.get("Tags") else []
        return [Permission(f"sts:{operation}", role), *tagged]
    if operation == "GetFederationToken":
        user = f"federated-user/{params.get('Name', '')}"
        return [Permission("sts:GetFederationToken", scope.arn("sts", user, region=""))]
    return [Permission(f"sts:{operation}", known=operation in NO_RESOURCE)]
