"""The events of a stack's resources while it changes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackEventTypeDef

# What CloudFormation says of resources that it stops because another failed.
_CANCELLED = re.compile(r"Resource (creation|update|deletion) cancelled")
_NESTED = re.compile(r"Embedded stack (arn:\S+) was not successfully")
_STARTS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


@dataclass(frozen=True)
class ResourceEvent:
    """One event of a resource, from DescribeStackEvents.

    Attributes:
        logical_id: Its name in the template, after the names of nested stacks and slashes.
        resource_type: Its type.
        status: Its status.
        reason: Why; empty when CloudFormation gives no reason.
        of_stack: Whether the resource is the stack itself.
    """

    logical_id: str
    resource_type: str
    status: str
    reason: str
    of_stack: bool = False

    @property
    def failed(self) -> bool:
        """Whether the resource failed by itself; CloudFormation cancels others after a failure."""
        if self.of_stack or not self.reason or _CANCELLED.match(self.reason):
            return False
        return self.status.endswith("_FAILED")

    @property
    def rolls_back(self) -> bool:
        """The stack takes back what it did from here on: what fails then isn't the cause."""
        return self.of_stack and "ROLLBACK" in self.status

    def __str__(self) -> str:
        return f"{self.logical_id} ({self.resource_type}): {self.reason}"


class StackEvents:
    """The new events of one stack since this object was made, each once."""

    def __init__(self, cloudformation: "CloudFormationClient", stack: str) -> None:
        self._cloudformation = cloudformation
        self._stack = stack
        self._seen = {event["EventId"] for event in self._newest(stack)}
        self._returned: list[ResourceEvent] = []

    def new(self) -> list[ResourceEvent]:
        """The events that have not been returned yet, oldest first."""
        fresh = list(
            takewhile(lambda event: event["EventId"] not in self._seen, self._newest(self._stack))
        )
        self._seen.update(event["EventId"] for event in fresh)
        events = [_as_event(event) for event in reversed(fresh)]
        self._returned += events
        return events

    def causes(self) -> list[ResourceEvent]:
        """The failures among the events that were returned, oldest first, none of a rollback's.

        A nested stack's own stand for it.
        """
        return self._causes(self._returned)

    def _causes(self, events: Iterable[ResourceEvent]) -> list[ResourceEvent]:
        before = takewhile(lambda event: not event.rolls_back, events)
        return [cause for event in before if event.failed for cause in self._inside(event)]

    def _inside(self, event: ResourceEvent) -> list[ResourceEvent]:
        """Why a nested stack failed; of all else the event itself."""
        nested = _NESTED.match(event.reason)
        if not nested:
            return [event]
        newest = map(_as_event, self._newest(nested[1]))
        last = list(takewhile(lambda one: not (one.of_stack and one.status in _STARTS), newest))
        causes = self._causes(reversed(last))
        return [
            replace(cause, logical_id=f"{event.logical_id}/{cause.logical_id}") for cause in causes
        ] or [event]

    def _newest(self, stack: str) -> Iterator["StackEventTypeDef"]:
        pages = self._cloudformation.get_paginator("describe_stack_events")
        try:
            for page in pages.paginate(StackName=stack):
                yield from page["StackEvents"]
        except self._cloudformation.exceptions.ClientError as error:
            if "does not exist" not in str(error):
                raise


def _as_event(event: "StackEventTypeDef") -> ResourceEvent:
    return ResourceEvent(
        event.get("LogicalResourceId", ""),
        event.get("ResourceType", ""),
        event.get("ResourceStatus", ""),
        event.get("ResourceStatusReason", ""),
        event.get("PhysicalResourceId") == event["StackId"],
    )
