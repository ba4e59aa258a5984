"""Stacks of any template, and what CloudFormation tells of them."""

import json
import uuid
from typing import TYPE_CHECKING, Any

from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

type Resources = dict[str, Any]


class Tried:
    """A stack, and what is told of it.

    Attributes:
        name: The stack's name.
        sections: What its template has beside the resources.
    """

    def __init__(self, client: "CloudFormationClient") -> None:
        self.client = client
        self.name = f"test-{uuid.uuid4().hex[:8]}"
        self.sections: dict[str, Any] = {}

    def create(self, resources: Resources, **options: Any) -> str:
        self.client.create_stack(
            StackName=self.name, TemplateBody=body(resources, **self.sections), **options
        )
        return self.rests()

    def update(self, resources: Resources, **options: Any) -> str:
        self.client.update_stack(
            StackName=self.name, TemplateBody=body(resources, **self.sections), **options
        )
        return self.rests()

    def execute(self, kind: Any, resources: Resources, **options: Any) -> str:
        change_set = self._change_set(kind, resources, options)
        self.client.execute_change_set(ChangeSetName=change_set, **options)
        return self.rests()

    def plan(self, kind: Any, resources: Resources, **options: Any) -> Any:
        change_set = self._change_set(kind, resources, options)
        return self.client.describe_change_set(ChangeSetName=change_set)

    def _change_set(self, kind: Any, resources: Resources, options: dict[str, Any]) -> str:
        return self.client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"c-{uuid.uuid4().hex[:8]}",
            ChangeSetType=kind,
            TemplateBody=body(resources, **self.sections),
            Tags=options.pop("Tags", []),
            Parameters=options.pop("Parameters", []),
        )["Id"]

    def described(self) -> Any:
        return self.client.describe_stacks(StackName=self.name)["Stacks"][0]

    def rests(self) -> str:
        for _ in backoff():
            status: str = self.described()["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
        return status

    def events(self) -> list[tuple[str, str]]:
        """Each resource's and the stack's steps, oldest first."""
        found = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            ("Stack" if one["LogicalResourceId"] == self.name else one["LogicalResourceId"], status)
            for one in reversed(found)
            if not (status := one["ResourceStatus"]).startswith("REVIEW")
        ]

    def made(self) -> dict[str, str]:
        found = self.client.describe_stack_resources(StackName=self.name)["StackResources"]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}


def body(resources: Resources, **sections: Any) -> str:
    """A template with a parameter, and the queue's URL as output, unless sections say otherwise."""
    default = {
        "Parameters": {"Word": {"Type": "String", "Default": "a"}},
        "Outputs": {"Url": {"Value": {"Ref": "Queue"}}, "Word": {"Value": {"Ref": "Word"}}},
    }
    return json.dumps({**default, **sections, "Resources": resources})
