"""Stacks, made and changed by change sets as the toolbox does it."""

import json
from contextlib import ExitStack, suppress
from typing import Any

from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name

type Template = dict[str, Any]


class Stacks:
    """Makes stacks."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._endpoint = endpoint
        self._cleanup = cleanup
        self.cloudformation = endpoint.client("cloudformation")

    def make(self, template: Template) -> str:
        """A stack that is complete; its name."""
        name = new_name()
        status = self.create(name, template)["StackStatus"]
        assert status == "CREATE_COMPLETE", f"{status}: {self.failures(name)}"
        return name

    def create(self, name: str, template: Template) -> dict[str, Any]:
        """Create a stack and wait until it rests; its description, or its change set's failure."""
        self._cleanup.callback(self._delete, name)
        return self._change(name, template, "CREATE")

    def update(self, name: str, template: Template) -> dict[str, Any]:
        """Update a stack and wait until it rests; its description, or its change set's failure."""
        return self._change(name, template, "UPDATE")

    def plan(self, name: str, template: Template, kind: str = "UPDATE") -> dict[str, Any]:
        """Make a change set and wait until it rests; its description."""
        arn = self.cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=new_name(),
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )["Id"]
        known: dict[str, Any] = {}

        def rests() -> bool:
            known.update(self.cloudformation.describe_change_set(ChangeSetName=arn))
            return known["Status"] in ("CREATE_COMPLETE", "FAILED")

        self._endpoint.until(rests, f"{arn} to rest")
        return known

    def outputs(self, name: str) -> dict[str, str]:
        """A stack's outputs by name."""
        described = self.settled(name)
        return {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])}

    def resources(self, name: str) -> dict[str, str]:
        """The physical ids of a stack's resources, by their logical ids."""
        found = self.cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}

    def failures(self, name: str) -> dict[str, str]:
        """Why resources of a stack failed, by their logical ids."""
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        return {
            event["LogicalResourceId"]: event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("_FAILED")
            and event["ResourceType"] != "AWS::CloudFormation::Stack"
        }

    def settled(self, name: str) -> dict[str, Any]:
        """Wait until a stack rests; its description."""
        known: dict[str, Any] = {}

        def rests() -> bool:
            [described] = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
            known.clear()
            known.update(described)
            return not str(known["StackStatus"]).endswith("_IN_PROGRESS")

        self._endpoint.until(rests, f"{name} to rest")
        return known

    def _change(self, name: str, template: Template, kind: str) -> dict[str, Any]:
        planned = self.plan(name, template, kind)
        if planned["Status"] == "FAILED":
            return {"StackStatus": "FAILED"}
        self.cloudformation.execute_change_set(ChangeSetName=planned["ChangeSetId"])
        return self.settled(name)

    def _delete(self, name: str) -> None:
        with suppress(ClientError):
            self.cloudformation.delete_stack(StackName=name)


def with_queue(seconds: int = 30, **resources: Any) -> Template:
    """A template with one queue, whose URL is an output."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    outputs = {"QueueUrl": {"Value": {"Ref": "Queue"}}}
    return {"Resources": {"Queue": queue, **resources}, "Outputs": outputs}
