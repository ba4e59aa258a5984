"""Executes a change set, and takes back what it did when it fails.

Each change is noted as it is made. The notes are undone from the last to the first: first what was
changed is brought back, then what was made is deleted.
"""

from __future__ import annotations

import copy
from typing import Any

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2 import change_set_model_executor as engine
from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.resource_provider import OperationStatus

from mailroom_localstack.rollback.reasons import act, failure
from mailroom_localstack.services.cloudformation.rollback.options import options
from mailroom_localstack.services.cloudformation.rollback.order import creation_order
from mailroom_localstack.services.cloudformation.rollback.undo import COMPLETE, Change, Undoing


class RollingBack(Undoing):
    """Takes the place of LocalStack's own."""

    def __init__(self, change_set: Any) -> None:
        super().__init__(change_set)
        self.stack = change_set.stack
        self._updates = self.stack.status == StackStatus.UPDATE_IN_PROGRESS
        self._deletes = self.stack.status == StackStatus.DELETE_IN_PROGRESS
        self._options = options(self.stack.request_payload)
        self._resources_before = copy.deepcopy(self.stack.resolved_resources)
        self._states_before = dict(self.stack.resource_states)
        self._changes: list[Change] = []
        self._failed: list[str] = []
        self._failed_to = ""
        self._failure: Exception | None = None
        self._made: dict[str, Any] = {}
        self._act = self.resource_provider_executor.execute_action
        self.resource_provider_executor.execute_action = self._watch_action

    def execute(self) -> engine.ChangeSetModelExecutorResult:
        """Has the shape of LocalStack's own."""
        result = super().execute()
        if self._failure is None:
            self._settle()
            return result
        message = str(getattr(self._failure, "reason", None) or self._failure)
        if self._options.keeps:
            resources = {**self._resources_before, **self.resources}
            self.stack.set_stack_status(
                StackStatus.UPDATE_FAILED if self._updates else StackStatus.CREATE_FAILED,
                self._reason(message),
            )
        elif self._updates:
            resources = self._roll_update_back(self._reason(message))
        else:
            requested = "Rollback requested by user." if self._failed else ""
            resources = self._roll_creation_back(self._reason(message) + requested)
        return engine.ChangeSetModelExecutorResult(resources, self.stack.resolved_outputs, message)

    def _settle(self) -> None:
        """What is deployed is what this change set says, also where LocalStack forgets it."""
        if self._deletes:
            if self._failed:
                self.stack.set_stack_status(StackStatus.DELETE_FAILED, self._reason())
            return
        self.stack.deployed_tags = self.stack.tags
        for name, one in list(self.resources.items()):
            if one.get("ResourceStatus") not in COMPLETE:  # It was deleted.
                del self.resources[name]
        self.stack.processed_template = self._change_set.processed_template
        if self._change_set.change_set_id not in self.stack.change_set_ids:
            # CreateStack and UpdateStack have none that lasts: an earlier one's values are stale.
            self.stack.change_set_id = None

    def _order_deletions(self) -> None:
        """Delete, last to first, what refers to others before those.

        LocalStack doesn't look for what a value refers to that it knows from the last execution.
        """
        if not self._deferred_actions:
            return
        conditions = self._change_set.update_model.node_template.conditions.conditions
        order = creation_order(
            self.stack.processed_template or {},
            {one.name: bool(self.visit(one).before) for one in conditions},
        )
        position = {name: index for index, name in enumerate(order)}
        self._deferred_actions.sort(key=lambda one: position.get(one.name.rpartition("-")[2], -1))

    def visit_node_resources(self, node_resources: Any) -> None:
        """Visit all: LocalStack leaves out, and so keeps, those whose condition is false now."""
        for node_resource in node_resources.resources:
            self.visit(node_resource)

    def process(self) -> None:
        """Stop at a failure; what was to be deleted at the end of the update stays."""
        try:
            super().process()
            self._order_deletions()
        except Exception as failure:
            if self._deletes:
                raise
            self._failure = failure
            self._deferred_actions.clear()

    def _reason(self, message: str = "") -> str:
        if not self._failed:
            return message
        return (
            f"The following resource(s) failed to {self._failed_to}: [{', '.join(self._failed)}]. "
        )

    def _process_event(self, *, action: Any, event_status: Any, **told: Any) -> None:
        """Tell of a resource; its failure is not yet the stack's, which has something to do first.

        LocalStack tells it again of each resource that waits for the one that failed.
        """
        if event_status != OperationStatus.FAILED:
            super()._process_event(action=action, event_status=event_status, **told)
            return
        rolls_back = self._failure is not None
        if self._failed and not rolls_back and action != ChangeAction.Remove:
            return
        verb = engine.EventOperationFromAction[action.value]
        if not rolls_back:
            self._failed.append(told["logical_resource_id"])
            self._failed_to = verb.lower()
        told["custom_status"] = f"{verb}_FAILED"
        super()._process_event(action=action, event_status=OperationStatus.IN_PROGRESS, **told)

    def _watch_action(self, provider: Any, payload: Any) -> Any:
        """Notice what was made, also when its provider gives up before it is complete.

        Then it has an identifier that nobody gave it; by a given one it may be somebody else's.
        """
        properties = payload["requestData"]["resourceProperties"]
        given = set(properties)
        try:
            event = act(self._act, provider, payload)
        except Exception as error:
            identifiers = {path.rpartition("/")[2] for path in provider.SCHEMA["primaryIdentifier"]}
            if identifiers & (set(properties) - given):
                self._made = properties
            return failure(error, payload)
        if event.status != OperationStatus.FAILED:
            self._made = event.resource_model
        return event

    def _execute_resource_change(self, name: str, before: Any, after: Any) -> None:
        self._made = {}
        super()._execute_resource_change(name, before, after)
        if self._deletes or is_nothing(after):
            return
        stays = (
            not is_nothing(before)
            and before.resource_type == after.resource_type
            and not after.requires_replacement
        )
        self._changes.append(Change(name, before if stays else None, after, self._made or {}))

    def _roll_creation_back(self, reason: str) -> dict[str, Any]:
        """What could not be deleted, which is all that the stack still has."""
        self.stack.set_stack_status(StackStatus.ROLLBACK_IN_PROGRESS, reason)
        left = self.delete_made(self._changes, self._options.deletes_retained)
        # Whoever deletes the stack is to look for nothing else.
        self._change_set.processed_template = {
            "Resources": {name: {"Type": one["Type"]} for name, one in left.items()}
        }
        self.stack.set_stack_status(
            StackStatus.ROLLBACK_FAILED if left else StackStatus.ROLLBACK_COMPLETE
        )
        return left

    def _roll_update_back(self, reason: str) -> dict[str, Any]:
        """The resources as they were before the update."""
        stack, change_set = self.stack, self._change_set
        stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, reason)
        back = self.bring_back(self._changes, self._resources_before)
        stays = {name: stack.resource_states[name] for name in back}
        if complete := all(one["ResourceStatus"] in COMPLETE for one in back.values()):
            stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS)
        self.delete_made(self._changes, self._options.deletes_retained)
        stack.resource_states = {**self._states_before, **stays}
        stack.tags = stack.deployed_tags
        # LocalStack takes them from the change set, whatever came of it.
        for name in ("template", "template_body", "processed_template", "resolved_parameters"):
            setattr(change_set, name, getattr(stack, name))
        stack.set_stack_status(
            StackStatus.UPDATE_ROLLBACK_COMPLETE if complete else StackStatus.UPDATE_ROLLBACK_FAILED
        )
        return {**self._resources_before, **back}
