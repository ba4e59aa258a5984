"""Undoes changes of resources, from the last to the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from localstack.aws.api.cloudformation import ChangeAction, ResourceStatus
from localstack.services.cloudformation.engine.v2.change_set_model_executor import (
    ChangeSetModelExecutor,
)
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
    DeletionPolicy,
    PreprocProperties,
    PreprocResource,
)
from localstack.services.cloudformation.resource_provider import OperationStatus

COMPLETE = {ResourceStatus.CREATE_COMPLETE, ResourceStatus.UPDATE_COMPLETE}


@dataclass(frozen=True)
class Change:
    """A change of a resource.

    Attributes:
        name: Its logical id.
        before: Its definition before; None if it, or its replacement, was created.
        after: Its definition after the change.
        properties: Its properties now; empty if nothing was created.
    """

    name: str
    before: PreprocResource | None
    after: PreprocResource
    properties: dict[str, Any]


class UndoingExecutor(ChangeSetModelExecutor):
    """Executes change sets, and can undo the changes."""

    def restore(
        self, changes: Sequence[Change], resources_before: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Restore the resources that were changed.

        Returns:
            The resources that were restored, or could not be restored.
        """
        back = {}
        for change in reversed(changes):
            if change.before is None:
                continue
            before, names = resources_before[change.name], self._names(change)
            status = self.resources[change.name]["ResourceStatus"]
            now = change.properties if status in COMPLETE else before["Properties"]
            self._process_event(
                action=ChangeAction.Modify, event_status=OperationStatus.IN_PROGRESS, **names
            )
            event = self._execute_resource_action(
                action=ChangeAction.Modify,
                before_properties=PreprocProperties(properties=now),
                after_properties=change.before.properties,
                **names,
            )
            self._process_event(
                action=ChangeAction.Modify, event_status=event.status, reason=event.message, **names
            )
            succeeded = event.status == OperationStatus.SUCCESS
            back[change.name] = {
                **before,
                **(self.resources[change.name] if succeeded else {}),
                "ResourceStatus": self.resources[change.name]["ResourceStatus"],
            }
        return back

    def delete_created(self, changes: Sequence[Change], deletes_retained: bool) -> dict[str, Any]:
        """Delete the resources that were created.

        Returns:
            The resources that could not be deleted.
        """
        left = {}
        for change in reversed(changes):
            failed_to_replace = (
                not change.properties and change.name in self._before_resolved_resources
            )
            if change.before is not None or failed_to_replace:
                continue
            retained = change.after.deletion_policy == DeletionPolicy.Retain
            if change.properties and retained and not deletes_retained:
                self._process_event(
                    action=ChangeAction.Remove,
                    event_status=OperationStatus.SUCCESS,
                    custom_status=ResourceStatus.DELETE_SKIPPED,
                    **self._names(change),
                )
            elif not self._delete(change):
                left[change.name] = {
                    **self.resources[change.name],
                    "Properties": change.properties,
                }
        return left

    def _delete(self, change: Change) -> bool:
        """Delete a resource if it was created; return False if it could not be deleted."""
        names = self._names(change)
        status, reason = OperationStatus.SUCCESS, cast(Any, None)
        if change.properties:
            self._process_event(
                action=ChangeAction.Remove, event_status=OperationStatus.IN_PROGRESS, **names
            )
            event = self._execute_resource_action(
                action=ChangeAction.Remove,
                before_properties=PreprocProperties(properties=change.properties),
                after_properties=None,
                part_of_replacement=True,
                **names,
            )
            status, reason = event.status, event.message
        self._process_event(
            action=ChangeAction.Remove,
            event_status=status,
            **names,
            **({"reason": reason} if reason else {}),
        )
        return bool(status == OperationStatus.SUCCESS)

    @staticmethod
    def _names(change: Change) -> dict[str, Any]:
        return {
            "logical_resource_id": change.name,
            "resource_type": change.after.resource_type,
        }
