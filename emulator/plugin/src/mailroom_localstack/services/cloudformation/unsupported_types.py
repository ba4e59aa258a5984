"""Templates with resource types that LocalStack doesn't have."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.patches import patch

CHECKER = "localstack.services.cloudformation.engine.v2.change_set_resource_support_checker"


@patch(f"{CHECKER}:ChangeSetResourceSupportChecker.visit_node_resource")
def refuse_unsupported_types_when_made(original: Any, checker: Any, node_resource: Any) -> None:
    """Refuse a resource of an unsupported type that has a condition only if it is to be made.

    LocalStack: refuses the template, also if the resource's condition is false.

    AWS: has the types; what a condition turns off is not looked at.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html

    Test: tests/integration/test_conditions.py
    test_an_unsupported_type_is_refused_only_where_its_condition_is_true
    """
    from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing

    if is_nothing(node_resource.condition_reference):
        original(checker, node_resource)
