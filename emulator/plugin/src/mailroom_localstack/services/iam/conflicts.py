"""What IAM refuses because of what is attached, or how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

MOST_ATTACHED = 10


@check("iam", "DeleteUser", "DeletePolicy")
def keep_what_is_in_use(context: ServiceCall) -> None:
    """Refuse to delete a user with access keys or groups, and a policy with versions or owners.

    LocalStack: deletes them.

    AWS: answers DeleteConflict. CloudFormation takes away what hinders it first.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html

    Test: tests/parity/test_values_identities.py
    test_a_user_with_a_key_and_a_policy_with_versions_are_not_deleted
    """
    if context.is_internal_call:
        return
    backend, request = _backend(context), context.service_request
    reason = None
    if context.operation.name == "DeleteUser":
        user = backend.users.get(request["UserName"])
        if user is not None and user.access_keys:
            reason = "Cannot delete entity, must delete access keys first."
        elif any(user in group.users for group in backend.groups.values()):
            reason = "Cannot delete entity, must remove users from group first."
    else:
        policy = backend.managed_policies.get(request["PolicyArn"])
        if policy is not None and policy.attachment_count:
            reason = "Cannot delete a policy attached to entities."
        elif policy is not None and len(policy.versions) > 1:
            reason = (
                "This policy has more than one version. Before you delete a policy, you must delete"
                " the policy's versions. The default version is deleted with the policy."
            )
    if reason is not None:
        raise _error("DeleteConflict", reason)


@check("iam", "AttachRolePolicy")
def refuse_too_many_policies(context: ServiceCall) -> None:
    """Refuse an eleventh managed policy of a role.

    LocalStack: attaches it.

    AWS: answers LimitExceeded; the quota of ten can be raised.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html

    Test: tests/parity/test_values_identities.py
    test_a_role_has_ten_managed_policies
    """
    request = context.service_request
    role = next(
        (one for one in _backend(context).roles.values() if one.name == request["RoleName"]), None
    )
    attached = role.managed_policies if role is not None else {}
    if len(attached) >= MOST_ATTACHED and request["PolicyArn"] not in attached:
        raise _error("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {MOST_ATTACHED}")


def _backend(context: ServiceCall) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[context.account_id][context.partition]


def _error(code: str, message: str) -> Exception:
    from localstack.aws.api import CommonServiceException

    refusal: Exception = CommonServiceException(code, message, 409, True)
    return refusal
