"""The inline policies of roles in stacks that are updated."""

from __future__ import annotations

import json
from typing import Any

from mailroom_localstack.patches import patch

ROLE_PROVIDER = "localstack.services.iam.resource_providers.aws_iam_role:IAMRoleProvider"


@patch(f"{ROLE_PROVIDER}.update")
def update_inline_policies(original: Any, provider: Any, request: Any) -> Any:
    """Update the inline policies of a role when its stack is updated.

    LocalStack: leaves them as they were.

    AWS: updates `Policies` without replacing the role.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html

    Test: tests/integration/test_deployment.py::test_a_changed_inline_policy_reaches_its_role
    """
    event = original(provider, request)
    role = event.resource_model["RoleName"]
    policies = request.desired_state.get("Policies") or []
    before = {policy["PolicyName"] for policy in request.previous_state.get("Policies") or []}
    _write_policies(request.aws_client_factory.iam, role, policies, before)
    event.resource_model = {**event.resource_model, "Policies": policies}
    return event


def _write_policies(iam: Any, role: str, policies: list[dict[str, Any]], before: set[str]) -> None:
    """Write policies, and remove others of before; those of AWS::IAM::Policy are left alone."""
    names = {policy["PolicyName"] for policy in policies}
    there = set(iam.list_role_policies(RoleName=role)["PolicyNames"])
    for removed in (before & there) - names:
        iam.delete_role_policy(RoleName=role, PolicyName=removed)
    for policy in policies:
        iam.put_role_policy(
            RoleName=role,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
