"""A CloudFormation stack: its status, and its deployment by change sets."""

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

# Stacks that were never deployed. CloudFormation changes them no more: they must be deleted first.
# LocalStack leaves a stack whose change set it rejects in CREATE_FAILED.
_UNUSABLE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_SECONDS_BETWEEN_EVENTS = 1.0
_NEVER_DEPLOYED = "REVIEW_IN_PROGRESS"
_SUCCESS = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


@dataclass(frozen=True)
class Deployment:
    """The result of a deployment.

    Attributes:
        changed: False when there was nothing to change.
        outputs: The stack's outputs by name.
    """

    changed: bool
    outputs: dict[str, str]


@dataclass(frozen=True)
class Deployed:
    """What a stack was deployed from.

    Attributes:
        template: The template as it was submitted.
        parameters: Template parameters.
        tags: The stack's tags.
    """

    template: str
    parameters: dict[str, str]
    tags: dict[str, str]


class Stack:
    """One CloudFormation stack."""

    def __init__(
        self,
        cloudformation: "CloudFormationClient",
        name: str,
        progress: Callable[[ResourceEvent], None] = lambda event: None,
        notice: Callable[[str], None] = lambda text: None,
        upload: Callable[[str], str] | None = None,
    ) -> None:
        self._cloudformation = cloudformation
        self._progress = progress
        self._notice = notice
        self._upload = upload
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
            DeploymentFailed: CloudFormation rejected the change set, or resources failed; the
                message has each one's reason.
        """
        change_set = self.plan(template, parameters, tags)
        if change_set:
            self.execute(change_set)
        return Deployment(change_set is not None, self.outputs())

    def plan(
        self, template: str, parameters: Mapping[str, str], tags: Mapping[str, str]
    ) -> ChangeSet | None:
        """Create a change set; None when there is nothing to change.

        Raises:
            DeploymentFailed: CloudFormation rejects it; the message has its reason.
        """
        status = self._ready_for_change()
        kind: Literal["CREATE", "UPDATE"] = "UPDATE" if status else "CREATE"
        return make_change_set(
            self._cloudformation, self.name, kind, template, parameters, tags, self._upload
        )

    def execute(self, change_set: ChangeSet) -> None:
        """Execute a change set, and wait until the stack has changed.

        Raises:
            DeploymentFailed: The stack has changed since, another deployment runs, or resources
                failed.
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
        """Delete a change set, and the stack that it would have created."""
        self._cloudformation.delete_change_set(ChangeSetName=change_set.arn)
        if self.status() == _NEVER_DEPLOYED:
            self._cloudformation.delete_stack(StackName=self.name)

    @property
    def protected(self) -> bool:
        """Whether CloudFormation refuses to delete it."""
        return bool((self._describe() or {}).get("EnableTerminationProtection"))

    def protect(self) -> None:
        """Let CloudFormation refuse to delete it, until somebody takes that away.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
        """
        self._cloudformation.update_termination_protection(
            StackName=self.name, EnableTerminationProtection=True
        )

    def delete(self) -> None:
        """Delete the stack, if there is one, and wait until it is deleted."""
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
        """Wait for a deployment that runs; delete a stack that CloudFormation can't change."""
        status = self.status()
        if status and status.endswith("_IN_PROGRESS") and status != _NEVER_DEPLOYED:
            self._notice(f"stack {self.name} is {status}: waiting for the deployment that runs")
            self._follow(StackEvents(self._cloudformation, self.name), self.name)
            status = self.status()
        if status in _UNUSABLE:
            self._notice(f"stack {self.name} is {status}: never deployed, and deleted first")
            self.delete()
            return None
        return None if status == _NEVER_DEPLOYED else status

    def _follow(self, events: StackEvents, stack: str, *expected: str) -> str | None:
        """Report events until the status is final; None for an expected one, else the reasons."""
        looked = 0.0
        for _ in backoff(first=0.1, factor=1.05):
            described = self._describe(stack)
            status = described["StackStatus"] if described else "DELETE_COMPLETE"
            final = status in expected or not status.endswith("_IN_PROGRESS")
            # LocalStack creates no resources while it lists events.
            if final or time.monotonic() - looked >= _SECONDS_BETWEEN_EVENTS:
                looked = time.monotonic()
                for event in events.new():
                    self._progress(event)
            if status in expected:
                return None
            if final:
                break
        reasons = [f"  {event}" for event in events.causes()]
        return "\n".join(reasons) or f"  the stack is {_with_reason(status, described)}"


def _with_reason(status: str, described: Mapping[str, Any] | None) -> str:
    reason = (described or {}).get("StackStatusReason")
    return f"{status}: {reason}" if reason else status
