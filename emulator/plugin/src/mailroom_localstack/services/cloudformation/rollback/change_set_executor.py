"""Executes a change set, and undoes its changes when one of them fails.

The executor records each change. After a failure it goes through the records from the last to the
first: it restores what was changed, and then deletes what was created.
"""

from __future__ import annotations

import copy
from typing import Any

from localstack.aws.api.cloudformation import ChangeAction, StackStatus
from localstack.services.cloudformation.engine.v2 import change_set_model_executor as engine
from localstack.services.cloudformation.engine.v2.change_set_model import is_nothing
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent

from mailroom_localstack.durability.resource_names import undoing_creation
from mailroom_localstack.services.cloudformation.resource_schemas import invalid_properties
from mailroom_localstack.services.cloudformation.rollback.options import options
from mailroom_localstack.services.cloudformation.rollback.order import creation_order
from mailroom_localstack.services.cloudformation.rollback.reasons import act, failure
from mailroom_localstack.services.cloudformation.rollback.undo import (
    COMPLETE,
    Change,
    UndoingExecutor,
)


class RollbackExecutor(UndoingExecutor):
    """Replaces LocalStack's executor."""

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
        self._is_judged = True
        resource_executor: Any = self.resource_provider_executor
        self._act = resource_executor.execute_action
        resource_executor.execute_action = self._watch_action

    def execute(self) -> engine.ChangeSetModelExecutorResult:
        """Execute the change set, and roll back if it fails."""
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
        """Record as deployed what this change set has, where LocalStack doesn't."""
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
            # CreateStack and UpdateStack keep no change set; values of an earlier one are stale.
            self.stack.change_set_id = None

    def _order_deletions(self) -> None:
        """Delete a resource, from the last to the first, before the resources that it refers to.

        LocalStack ignores the references of values that it knows from the last execution.
        """
        if not self._deferred_actions:
            return
        model: Any = self._change_set.update_model
        conditions = model.node_template.conditions.conditions
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
        """Stop at a failure, and delete nothing that was to be deleted at the end."""
        try:
            super().process()
            self._order_deletions()
        except Exception as error:
            if self._deletes:
                raise
            self._failure = error
            self._deferred_actions.clear()

    def _reason(self, message: str = "") -> str:
        if not self._failed:
            return message
        return (
            f"The following resource(s) failed to {self._failed_to}: [{', '.join(self._failed)}]. "
        )

    def _process_event(self, *, action: Any, event_status: Any, **told: Any) -> None:
        """Report an event of a resource; its failure is not the stack's before the rollback.

        LocalStack reports a failure again for each resource that waits for the failed one.
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
        """Record what was created, also if its provider fails before it is complete.

        Then the provider has set the identifier. A resource with an identifier from the template
        may belong to another stack.
        """
        properties = payload["requestData"]["resourceProperties"]
        if reason := self._refusal(payload):
            return ProgressEvent(OperationStatus.FAILED, resource_model={}, message=reason)
        given = set(properties)
        try:
            event = act(self._act, provider, payload)
        except Exception as error:
            identifiers = {path.rpartition("/")[2] for path in provider.SCHEMA["primaryIdentifier"]}
            if identifiers & (set(properties) - given):
                self._made = properties
            return failure(error, payload)
        if event.status != OperationStatus.FAILED:
            self._made = event.resource_model or {}
        return event

    def _refusal(self, payload: Any) -> str:
        """Why the properties in the template are not valid, or nothing.

        A provider is called several times, later with properties of its own.
        """
        if self._is_judged or self._failure is not None or payload["action"] == "Remove":
            return ""
        self._is_judged = True
        told = payload["requestData"]
        return invalid_properties(
            told["logicalResourceId"],
            payload["resourceType"],
            payload["region"],
            told["resourceProperties"],
        )

    def _execute_resource_change(self, name: str, before: Any, after: Any) -> None:
        self._made = {}
        self._is_judged = False
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
        """Delete what was created; return what could not be deleted."""
        self.stack.set_stack_status(StackStatus.ROLLBACK_IN_PROGRESS, reason)
        with undoing_creation():
            left = self.delete_created(self._changes, self._options.deletes_retained)
        # DeleteStack is to look for these alone.
        self._change_set.processed_template = {
            "Resources": {name: {"Type": one["Type"]} for name, one in left.items()}
        }
        self.stack.set_stack_status(
            StackStatus.ROLLBACK_FAILED if left else StackStatus.ROLLBACK_COMPLETE
        )
        return left

    def _roll_update_back(self, reason: str) -> dict[str, Any]:
        """Restore the resources, and return them as they were before the update."""
        stack, change_set = self.stack, self._change_set
        stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_IN_PROGRESS, reason)
        restored = self.restore(self._changes, self._resources_before)
        stays = {name: stack.resource_states[name] for name in restored}
        if complete := all(one["ResourceStatus"] in COMPLETE for one in restored.values()):
            stack.set_stack_status(StackStatus.UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS)
        self.delete_created(self._changes, self._options.deletes_retained)
        stack.resource_states = {**self._states_before, **stays}
        stack.tags = stack.deployed_tags
        # LocalStack takes them from the change set, also after a failure.
        for name in ("template", "template_body", "processed_template", "resolved_parameters"):
            setattr(change_set, name, getattr(stack, name))
        stack.set_stack_status(
            StackStatus.UPDATE_ROLLBACK_COMPLETE if complete else StackStatus.UPDATE_ROLLBACK_FAILED
        )
        return {**self._resources_before, **restored}
