"""The order in which a stack's resources were created: each after those that it refers to."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any

from localstack.services.cloudformation.engine.template_utils import get_deps_for_resource


def creation_order(template: Mapping[str, Any], conditions: dict[str, bool]) -> list[str]:
    """The logical ids of a template's resources.

    Args:
        template: The template after its transforms.
        conditions: The values of its conditions.
    """
    resources = template.get("Resources", {})
    return list(
        TopologicalSorter(
            {
                name: get_deps_for_resource(definition, conditions) & resources.keys()
                for name, definition in resources.items()
            }
        ).static_order()
    )
