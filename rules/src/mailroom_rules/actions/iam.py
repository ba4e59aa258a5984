"""Roles of AWS IAM: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html"""

from mailroom_rules.actions.scope import Params, Permission, Scope

OF_A_ROLE = {
    *("AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePermissionsBoundary"),
    *("DeleteRolePolicy", "DetachRolePolicy", "GetRole", "GetRolePolicy", "ListRolePolicies"),
    *("ListAttachedRolePolicies", "ListRoleTags", "PutRolePermissionsBoundary", "PutRolePolicy"),
    *("TagRole", "UntagRole", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"),
}


def permissions(operation: str, params: Params, scope: Scope) -> list[Permission]:
    """What a call about a role needs; other operations aren't known."""
    action = f"iam:{operation}"
    if operation not in OF_A_ROLE:
        return [Permission(action, known=False)]
    name = params.get("RoleName", "*")
    if operation == "CreateRole":
        return [Permission(action, _arn(params.get("Path", "/") + name, scope))]
    return [Permission(action, scope.resolve("iam", name) or _arn(f"/{name}", scope))]


def _arn(path: str, scope: Scope) -> str:
    return scope.arn("iam", f"role{path}", region="")
