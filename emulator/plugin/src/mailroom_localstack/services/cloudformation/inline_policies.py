"""Lets a stack's update reach the inline policies of its roles, which LocalStack passes over."""

from __future__ import annotations

import json
from typing import Any

from localstack.runtime.hooks import on_infra_start


@on_infra_start()
def update_inline_policies() -> None:
    """Mend the resource provider of AWS::IAM::Role."""
    from localstack.services.iam.resource_providers.aws_iam_role import IAMRoleProvider

    without_policies = IAMRoleProvider.update

    def update(provider: IAMRoleProvider, request: Any) -> Any:
        event = without_policies(provider, request)
        role = event.resource_model["RoleName"]
        wanted = request.desired_state.get("Policies") or []
        _write_policies(request.aws_client_factory.iam, role, wanted)
        event.resource_model = {**event.resource_model, "Policies": wanted}
        return event

    IAMRoleProvider.update = update


def _write_policies(iam: Any, role: str, wanted: list[dict[str, Any]]) -> None:
    names = {policy["PolicyName"] for policy in wanted}
    for superfluous in set(iam.list_role_policies(RoleName=role)["PolicyNames"]) - names:
        iam.delete_role_policy(RoleName=role, PolicyName=superfluous)
    for policy in wanted:
        iam.put_role_policy(
            RoleName=role,
            PolicyName=policy["PolicyName"],
            PolicyDocument=json.dumps(policy["PolicyDocument"]),
        )
