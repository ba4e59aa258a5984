"""A stack: how it stands, and how a change set brings it to what the definitions say."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom.deployment.events import ResourceEvent, StackEvents
from mailroom.errors import DeploymentFailed
from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

# A stack in one of these never held a deployment: CloudFormation demands that it be deleted first.
# CREATE_FAILED is where LocalStack ends a failed creation, which AWS rolls back.
_UNUSABLE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_NEVER_DEPLOYED = "REVIEW_IN_PROGRESS"
_EMPTY = ("didn't contain changes", "No updates are to be performed")
_SUCCESS = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


@dataclass(frozen=True)
class Deployment:
    """What a deployment came to.

    Attributes:
        changed: False when the stack was already as the definitions say.
        outputs: The stack's outputs by name.
    """

    changed: bool
    outputs: dict[str, str]


class Stack:
    """One CloudFormation stack, on whatever endpoint the client talks to."""

    def __init__(
        self,
        cloudformation: "CloudFormationClient",
        name: str,
        progress: Callable[[ResourceEvent], None] = lambda event: None,
    ) -> None:
        self._cloudformation = cloudformation
        self._progress = progress
        self.name = name

    def status(self) -> str | None:
        """The stack's status, or None when there is none."""
        described = self._describe()
        return described["StackStatus"] if described else None

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name; none when there is no stack."""
        described = self._describe() or {}
        return {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}

    def deploy(
        self, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]
    ) -> Deployment:
        """Create the stack, or update it, through a change set.

        Raises:
            DeploymentFailed: The change set was refused, or resources failed: the message
                holds each one's reason.
        """
        status = self._ready_for_change()
        try:
            change_set = self._cloudformation.create_change_set(
                StackName=self.name,
                ChangeSetName=f"mailroom-{uuid.uuid4().hex}",
                ChangeSetType="UPDATE" if status else "CREATE",
                TemplateBody=template,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            )["Id"]
        except self._cloudformation.exceptions.ClientError as error:
            raise self._refused(error.response["Error"].get("Message", "")) from error
        if not self._created(change_set):
            self._cloudformation.delete_change_set(ChangeSetName=change_set)
            return Deployment(False, self.outputs())
        self._execute(change_set)
        return Deployment(True, self.outputs())

    def delete(self) -> None:
        """Delete the stack and wait until it is gone; nothing happens when there is none."""
        described = self._describe()
        if not described:
            return
        stack_id = described["StackId"]
        events = StackEvents(self._cloudformation, stack_id)
        self._cloudformation.delete_stack(StackName=stack_id)
        failures = self._follow(events, stack_id, "DELETE_COMPLETE")
        if failures is not None:
            raise DeploymentFailed(f"stack {self.name} could not be deleted:\n{failures}")

    def _describe(self, name: str = "") -> dict[str, Any] | None:
        try:
            stacks = self._cloudformation.describe_stacks(StackName=name or self.name)["Stacks"]
        except self._cloudformation.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return dict(stacks[0])

    def _ready_for_change(self) -> str | None:
        """Wait for a deployment that is under way; delete what no deployment could change."""
        status = self.status()
        if status and status.endswith("_IN_PROGRESS") and status != _NEVER_DEPLOYED:
            self._follow(StackEvents(self._cloudformation, self.name), self.name)
            status = self.status()
        if status in _UNUSABLE:
            self.delete()
            return None
        return None if status == _NEVER_DEPLOYED else status

    def _created(self, change_set: str) -> bool:
        """Wait for the change set; False when it is empty."""
        for _ in backoff():
            described = self._cloudformation.describe_change_set(ChangeSetName=change_set)
            if described["Status"] == "CREATE_COMPLETE":
                # An emulator completes what AWS would refuse as empty.
                return bool(described.get("Changes"))
            if described["Status"] == "FAILED":
                reason = described.get("StatusReason", "")
                if any(text in reason for text in _EMPTY):
                    return False
                raise self._refused(reason)
        raise AssertionError("unreachable: the wait has no end of its own")

    def _refused(self, reason: str) -> DeploymentFailed:
        return DeploymentFailed(f"the change set for stack {self.name} was refused: {reason}")

    def _execute(self, change_set: str) -> None:
        events = StackEvents(self._cloudformation, self.name)
        self._cloudformation.execute_change_set(ChangeSetName=change_set)
        failures = self._follow(events, self.name, *_SUCCESS)
        if failures is not None:
            raise DeploymentFailed(f"stack {self.name} was not deployed:\n{failures}")

    def _follow(self, events: StackEvents, stack: str, *wanted: str) -> str | None:
        """Report events until the stack rests; None when it rests as wanted, else the reasons."""
        failed: list[ResourceEvent] = []
        for _ in backoff():
            described = self._describe(stack)
            status = described["StackStatus"] if described else "DELETE_COMPLETE"
            for event in events.new():
                self._progress(event)
                failed.extend([event] if event.failed else [])
            if status in wanted:
                return None
            if not status.endswith("_IN_PROGRESS"):
                break
        reasons = [f"  {event}" for event in failed] or [f"  the stack is {status}"]
        return "\n".join(reasons)
