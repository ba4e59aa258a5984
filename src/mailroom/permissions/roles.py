"""The roles of a stack, with the statements of their policies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom_rules.policies import as_list, statements_of

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_cloudformation.client import CloudFormationClient

_ROLE = "AWS::IAM::Role"


@dataclass(frozen=True)
class Statement:
    """A statement of a role's policy.

    Attributes:
        policy: An inline policy's name, or a managed one's ARN.
        index: Its place in the policy, from 0.
    """

    policy: str
    index: int
    document: Mapping[str, Any]

    @property
    def sid(self) -> str | None:
        sid: str | None = self.document.get("Sid")
        return sid

    @property
    def name(self) -> str:
        """Its name in a report: its Sid, or policy and place."""
        return self.sid or f"{self.policy.rpartition('/')[2]}[{self.index}]"

    @property
    def actions(self) -> list[str]:
        return as_list(self.document.get("Action"))

    @property
    def resources(self) -> list[str]:
        return as_list(self.document.get("Resource"))


@dataclass(frozen=True)
class Role:
    """A role.

    Attributes:
        logical_id: Its name in the template.
    """

    logical_id: str
    arn: str
    statements: tuple[Statement, ...]


def roles_of_stack(session: "boto3.Session", stack: str) -> list[Role]:
    """The roles of a stack, in the order of their logical ids."""
    cloudformation, iam = session.client("cloudformation"), session.client("iam")
    return [
        Role(logical, iam.get_role(RoleName=name)["Role"]["Arn"], tuple(_statements(iam, name)))
        for logical, name in sorted(_role_names(cloudformation, stack))
    ]


def _role_names(cloudformation: "CloudFormationClient", stack: str) -> Iterator[tuple[str, str]]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    for page in pages:
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == _ROLE and "PhysicalResourceId" in resource:
                yield resource["LogicalResourceId"], resource["PhysicalResourceId"]


def _statements(iam: Any, role: str) -> Iterator[Statement]:
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        yield from _numbered(name, document)
    for attached in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        arn = attached["PolicyArn"]
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=arn, VersionId=version)
        yield from _numbered(arn, found["PolicyVersion"]["Document"])


def _numbered(policy: str, document: Mapping[str, Any]) -> Iterator[Statement]:
    for index, statement in enumerate(statements_of(document)):
        yield Statement(policy, index, statement)
