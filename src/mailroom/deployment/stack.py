"""A stack: how it stands, and how a change set brings it to what the definitions say."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mailroom.deployment.change_set import ChangeSet
from mailroom.deployment.events import ResourceEvent, StackEvents
from mailroom.deployment.planning import make_change_set, refusal
from mailroom.errors import DeploymentFailed
from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

# A stack in one of these never held a deployment: CloudFormation demands that it be deleted first.
# CREATE_FAILED is where LocalStack leaves one whose change set it refuses.
_UNUSABLE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_SECONDS_BETWEEN_EVENTS = 1.0
_NEVER_DEPLOYED = "REVIEW_IN_PROGRESS"
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


@dataclass(frozen=True)
class Deployed:
    """What a stack was deployed from.

    Attributes:
        template: The template as it was handed in.
        parameters: Template parameters.
        tags: The stack's tags.
    """

    template: str
    parameters: dict[str, str]
    tags: dict[str, str]


class Stack:
    """One CloudFormation stack, on whatever endpoint the client talks to."""

    def __init__(
        self,
        cloudformation: "CloudFormationClient",
        name: str,
        progress: Callable[[ResourceEvent], None] = lambda event: None,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._cloudformation = cloudformation
        self._progress = progress
        self._notice = notice
        self.name = name

    def status(self) -> str | None:
        """The stack's status, or None when there is none."""
        described = self._describe()
        return described["StackStatus"] if described else None

    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name; none when there is no stack."""
        described = self._describe() or {}
        return {o["OutputKey"]: o["OutputValue"] for o in described.get("Outputs", [])}

    def deployed(self) -> Deployed | None:
        """What the stack was deployed from; None when nothing was."""
        described = self._describe()
        if not described or described["StackStatus"] in {*_UNUSABLE, _NEVER_DEPLOYED}:
            return None
        template = self._cloudformation.get_template(StackName=self.name, TemplateStage="Original")[
            "TemplateBody"
        ]
        return Deployed(
            template if isinstance(template, str) else json.dumps(template),
            {p["ParameterKey"]: p["ParameterValue"] for p in described.get("Parameters", [])},
            {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])},
        )

    def deploy(
        self, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]
    ) -> Deployment:
        """Create the stack, or update it, through a change set.

        Raises:
            DeploymentFailed: The change set was refused, or resources failed: the message
                holds each one's reason.
        """
        change_set = self.plan(template, parameters, tags)
        if change_set:
            self.execute(change_set)
        return Deployment(change_set is not None, self.outputs())

    def plan(
        self, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]
    ) -> ChangeSet | None:
        """Make a change set; None when there is nothing to change.

        Raises:
            DeploymentFailed: CloudFormation refuses it; the message holds its reason.
        """
        status = self._ready_for_change()
        kind: Literal["CREATE", "UPDATE"] = "UPDATE" if status else "CREATE"
        return make_change_set(self._cloudformation, self.name, kind, template, parameters, tags)

    def execute(self, change_set: ChangeSet) -> None:
        """Carry a change set out, and wait until the stack rests.

        Raises:
            DeploymentFailed: It is stale, another deployment is under way, or resources failed.
        """
        events = StackEvents(self._cloudformation, self.name)
        try:
            self._cloudformation.execute_change_set(ChangeSetName=change_set.arn)
        except self._cloudformation.exceptions.ClientError as error:
            raise refusal(self.name, error) from error
        failures = self._follow(events, self.name, *_SUCCESS)
        if failures is not None:
            raise DeploymentFailed(f"stack {self.name} was not deployed:\n{failures}")

    def discard(self, change_set: ChangeSet) -> None:
        """Delete a change set; a stack that it would have created goes with it."""
        self._cloudformation.delete_change_set(ChangeSetName=change_set.arn)
        if self.status() == _NEVER_DEPLOYED:
            self._cloudformation.delete_stack(StackName=self.name)

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
            self._notice(f"stack {self.name} is {status}: waiting for the deployment under way")
            self._follow(StackEvents(self._cloudformation, self.name), self.name)
            status = self.status()
        if status in _UNUSABLE:
            self._notice(f"stack {self.name} is {status}: it holds nothing, and is deleted first")
            self.delete()
            return None
        return None if status == _NEVER_DEPLOYED else status

    def _follow(self, events: StackEvents, stack: str, *wanted: str) -> str | None:
        """Report events until the stack rests; None when it rests as wanted, else the reasons."""
        looked = 0.0
        for _ in backoff(first=0.1, factor=1.05):
            described = self._describe(stack)
            status = described["StackStatus"] if described else "DELETE_COMPLETE"
            rests = status in wanted or not status.endswith("_IN_PROGRESS")
            # Listing events takes an emulator time in which it could have made resources.
            if rests or time.monotonic() - looked >= _SECONDS_BETWEEN_EVENTS:
                looked = time.monotonic()
                for event in events.new():
                    self._progress(event)
            if status in wanted:
                return None
            if rests:
                break
        reasons = [f"  {event}" for event in events.causes()]
        return "\n".join(reasons) or f"  the stack is {_with_reason(status, described)}"


def _with_reason(status: str, described: Mapping[str, Any] | None) -> str:
    reason = (described or {}).get("StackStatusReason")
    return f"{status}: {reason}" if reason else status
