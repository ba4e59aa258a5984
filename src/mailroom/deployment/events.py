"""The events of a stack's resources while it changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef


@dataclass(frozen=True)
class ResourceEvent:
    """One event of a resource, from DescribeStackEvents."""

    logical_id: str
    resource_type: str
    status: str
    reason: str

    @property
    def failed(self) -> bool:
        """Whether the resource failed by itself; CloudFormation cancels others after a failure."""
        if not self.reason or "cancelled" in self.reason.lower():
            return False
        return self.status.endswith("_FAILED")

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.resource_type}): {self.reason}"


class StackEvents:
    """The new events of one stack since this object was made, each once."""

    def __init__(self, cloudformation: "CloudFormationClient", stack: str) -> None:
        self._cloudformation = cloudformation
        self._stack = stack
        self._seen: set[str] = set()
        self.new()

    def new(self) -> list[ResourceEvent]:
        """The events that have not been returned yet, oldest first."""
        fresh = list(takewhile(lambda event: event["EventId"] not in self._seen, self._newest()))
        self._seen.update(event["EventId"] for event in fresh)
        return [
            ResourceEvent(
                event.get("LogicalResourceId", ""),
                event.get("ResourceType", ""),
                event.get("ResourceStatus", ""),
                event.get("ResourceStatusReason", ""),
            )
            for event in reversed(fresh)
        ]

    def _newest(self) -> Iterator["StackEventTypeDef"]:
        pages = self._cloudformation.get_paginator("describe_stack_events")
        try:
            for page in pages.paginate(StackName=self._stack):
                yield from page["StackEvents"]
        except self._cloudformation.exceptions.ClientError as error:
            if "does not exist" not in str(error):
                raise
