"""What a change set would do to a stack's resources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Resources with data, or whose names others know: a replacement starts empty.
_STATEFUL = (
    "AWS::DynamoDB::",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
# Types that begin like those above, without data.
_STATELESS = (
    "AWS::RDS::DBClusterParameterGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
)


class Kind(StrEnum):
    """What happens to a resource."""

    added = "added"
    changed = "changed"
    perhaps_replaced = "perhaps replaced"
    replaced = "replaced"
    removed = "removed"


@dataclass(frozen=True)
class Change:
    """What a change set would do to one resource.

    Attributes:
        kind: What happens to it.
        logical_id: Its name in the template.
        resource_type: Its type.
        properties: Names of the properties that change, as far as CloudFormation says.
    """

    kind: Kind
    logical_id: str
    resource_type: str
    properties: tuple[str, ...] = ()

    @property
    def loses_data(self) -> bool:
        """Whether the resource's data is lost, or may be."""
        return (
            self.kind in (Kind.perhaps_replaced, Kind.replaced, Kind.removed)
            and self.resource_type.startswith(_STATEFUL)
            and self.resource_type not in _STATELESS
        )


@dataclass(frozen=True)
class ChangeSet:
    """A change set that waits to be executed.

    Attributes:
        arn: Its ARN.
        changes: What it would do, sorted by kind and name.
    """

    arn: str
    changes: tuple[Change, ...]


def as_changes(described: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """Convert the `Changes` of DescribeChangeSet; replacements and removals are last."""
    changes = [_as_change(one["ResourceChange"]) for one in described if "ResourceChange" in one]
    order = list(Kind)
    return tuple(sorted(changes, key=lambda one: (order.index(one.kind), one.logical_id)))


def _as_change(change: Mapping[str, Any]) -> Change:
    names = {
        detail["Target"]["Name"]
        for detail in change.get("Details", [])
        if detail.get("Target", {}).get("Name")
    }
    return Change(
        _kind(change), change["LogicalResourceId"], change["ResourceType"], tuple(sorted(names))
    )


def _kind(change: Mapping[str, Any]) -> Kind:
    if change["Action"] != "Modify":
        return {"Add": Kind.added, "Remove": Kind.removed}.get(change["Action"], Kind.changed)
    replacement = {"True": Kind.replaced, "Conditional": Kind.perhaps_replaced}
    return replacement.get(change.get("Replacement", ""), Kind.changed)
