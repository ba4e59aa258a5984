"""Which parts of a template are needed before an update, and which after it: conditions decide."""

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


@dataclass(frozen=True)
class Needed:
    """Whether a part of a template is needed before an update, and after it."""

    before: bool = True
    after: bool = True

    def of(self, delta: PreprocEntityDelta[Any, Any]) -> PreprocEntityDelta[Any, Any]:
        """Replace by nothing what isn't needed."""
        return PreprocEntityDelta(
            delta.before if self.before else Nothing, delta.after if self.after else Nothing
        )


ALWAYS = Needed()


def evaluate(
    visit: Callable[..., Any], visitor: ChangeSetModelPreproc, change_set_entity: Any
) -> Any:
    """Visit a part of a template; a part that isn't needed evaluates to nothing."""
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
    reference: Any = node.condition_reference
    known[reference.scope] = ALWAYS
    truth = visitor._resolve_resource_condition_reference(reference)
    return Needed(
        is_nothing(truth.before) or bool(truth.before), is_nothing(truth.after) or bool(truth.after)
    )


def _note_branches(
    visitor: ChangeSetModelPreproc,
    node: NodeIntrinsicFunction,
    needed: Needed,
    known: dict[str, Needed],
) -> None:
    """Note which value of Fn::If is needed before the update, and which after it."""
    arguments: Any = node.arguments
    condition, *values = arguments.array
    if len(values) != 2:
        return
    name = needed.of(visitor.visit(condition))

    def is_needed(when: str, value: bool) -> bool:
        called = getattr(name, when)
        found: Any = (
            Nothing if is_nothing(called) else visitor._get_node_condition_if_exists(called)
        )
        return not is_nothing(found) and bool(getattr(visitor.visit(found), when)) is value

    for value, branch in zip((True, False), values, strict=True):
        known[branch.scope] = Needed(is_needed("before", value), is_needed("after", value))
