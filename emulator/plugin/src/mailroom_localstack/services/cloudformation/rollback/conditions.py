"""A resource is there only where its condition is true, before an update and after it.

LocalStack evaluates all of a template for both times. So what refers to a resource that is there
at one time only fails the update, even if the reference is needed at that time only.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import (
    FnIfKey,
    NodeCondition,
    NodeIntrinsicFunction,
    NodeMapping,
    NodeOutput,
    NodeParameter,
    NodeResource,
    Nothing,
    is_nothing,
)
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
    ChangeSetModelPreproc,
    PreprocEntityDelta,
)
from localstack.utils.patch import patch


@dataclass(frozen=True)
class Needed:
    """Whether a part of a template is needed before an update, and after it."""

    before: bool = True
    after: bool = True

    def of(self, delta: PreprocEntityDelta) -> PreprocEntityDelta:
        """Nothing where it isn't needed."""
        return PreprocEntityDelta(
            delta.before if self.before else Nothing, delta.after if self.after else Nothing
        )


ALWAYS = Needed()


@patch(ChangeSetModelPreproc.visit)
def evaluate_what_is_needed(
    visit: Callable[..., Any], visitor: ChangeSetModelPreproc, change_set_entity: Any
) -> Any:
    """Has the shape of LocalStack's own; what isn't needed evaluates to nothing."""
    state = vars(visitor)
    known: dict[str, Needed] = state.setdefault("_needed_by_scope", {})
    around: Needed = state.get("_needed", ALWAYS)
    try:
        state["_needed"] = needed = _needed(visitor, change_set_entity, around, known)
        delta = visit(visitor, change_set_entity)
    finally:
        state["_needed"] = around
    return needed.of(delta) if isinstance(delta, PreprocEntityDelta) else delta


def _needed(
    visitor: ChangeSetModelPreproc, node: Any, around: Needed, known: dict[str, Needed]
) -> Needed:
    if isinstance(node, NodeResource | NodeOutput):
        return _needed_by_condition(visitor, node, known)
    if isinstance(node, NodeCondition | NodeParameter | NodeMapping):
        return ALWAYS
    needed = known.get(node.scope, around)
    if isinstance(node, NodeIntrinsicFunction) and node.intrinsic_function == FnIfKey:
        _note_branches(visitor, node, needed, known)
    return needed


def _needed_by_condition(
    visitor: ChangeSetModelPreproc, node: NodeResource | NodeOutput, known: dict[str, Needed]
) -> Needed:
    if is_nothing(node.condition_reference):
        return ALWAYS
    known[node.condition_reference.scope] = ALWAYS
    truth = visitor._resolve_resource_condition_reference(node.condition_reference)
    return Needed(
        is_nothing(truth.before) or bool(truth.before), is_nothing(truth.after) or bool(truth.after)
    )


def _note_branches(
    visitor: ChangeSetModelPreproc,
    node: NodeIntrinsicFunction,
    needed: Needed,
    known: dict[str, Needed],
) -> None:
    """Of the two values of Fn::If, one is needed before the update, and one after it."""
    condition, *values = node.arguments.array
    if len(values) != 2:
        return
    name = needed.of(visitor.visit(condition))

    def is_needed(when: str, value: bool) -> bool:
        called = getattr(name, when)
        found = Nothing if is_nothing(called) else visitor._get_node_condition_if_exists(called)
        return not is_nothing(found) and bool(getattr(visitor.visit(found), when)) is value

    for value, branch in zip((True, False), values, strict=True):
        known[branch.scope] = Needed(is_needed("before", value), is_needed("after", value))
