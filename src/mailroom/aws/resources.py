"""The resources of a stack by the names that a caller may know: logical, physical, ARN or URL."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailroom.errors import NotUp, Refused
from mailroom.wording import known_names

if TYPE_CHECKING:
    import boto3

# What follows the account in the ARN of a type, before the physical name. Other types that have an
# ARN have it as their physical id.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_IN_ARN = {
    "AWS::CloudWatch::Alarm": ("cloudwatch", "alarm:"),
    "AWS::DynamoDB::Table": ("dynamodb", "table/"),
    "AWS::Events::Rule": ("events", "rule/"),
    "AWS::KMS::Key": ("kms", "key/"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "event-source-mapping:"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::Logs::LogGroup": ("logs", "log-group:"),
    "AWS::SQS::Queue": ("sqs", ""),
    "AWS::SSM::Parameter": ("ssm", "parameter/"),
}
_ROLE, _BUCKET = "AWS::IAM::Role", "AWS::S3::Bucket"


@dataclass(frozen=True)
class Resource:
    """A resource of a stack: its name in the template, its type, and its physical id."""

    logical_id: str
    type: str
    id: str


@dataclass(frozen=True)
class Identity:
    """The names of a resource.

    Attributes:
        logical_id: Its name in the template.
        type: Its type.
        name: Its physical name.
        arn: Its ARN; None for a type that has none.
        url: Its URL, which only a queue has.
    """

    logical_id: str
    type: str
    name: str
    arn: str | None
    url: str | None

    def is_called(self, name: str) -> bool:
        """Whether a name is one of its own: logical or physical, ARN or URL.

        The ARN of a log group may end in `:*`. A queue's URL may name any host, as LocalStack's
        URLs depend on how it was called.
        """
        if self.url and "://" in name:
            return self.url.rsplit("/", 2)[1:] == name.rsplit("/", 2)[1:]
        return name.removesuffix(":*") in (self.logical_id, self.name, self.arn)


def list_resources(session: "boto3.Session", stack: str) -> list[Resource]:
    """The resources of a stack; none when there is no stack."""
    client = session.client("cloudformation")
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
    try:
        return [
            Resource(one["LogicalResourceId"], one["ResourceType"], one["PhysicalResourceId"])
            for page in pages
            for one in page["StackResourceSummaries"]
            if one.get("PhysicalResourceId")
        ]
    except client.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return []
        raise


def identify_resources(session: "boto3.Session", stack: str) -> list[Identity]:
    """The names of each resource of a stack, in the order of their logical names.

    Raises:
        NotUp: The stack is not deployed.
    """
    resources = list_resources(session, stack)
    if not resources:
        raise NotUp
    described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    found = [identify(one, described["StackId"]) for one in resources]
    return sorted(found, key=lambda one: one.logical_id)


def identify(resource: Resource, stack_arn: str) -> Identity:
    """The names of a resource.

    Args:
        resource: The resource.
        stack_arn: Its stack's ARN, which has partition, region and account.
    """
    id_, type_ = resource.id, resource.type
    url = id_ if id_.startswith(("http://", "https://")) else None
    if id_.startswith("arn:"):
        name = id_.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
        return Identity(resource.logical_id, type_, name, id_, url)
    name = id_.rsplit("/", 1)[-1] if url else id_
    return Identity(resource.logical_id, type_, name, _arn(type_, name, stack_arn), url)


def find_resource(resources: Iterable[Identity], name: str, type_: str | None = None) -> Identity:
    """The resource with a logical or physical name, an ARN or a URL.

    Args:
        resources: The resources.
        name: The name.
        type_: Its type, as AWS::SQS::Queue; None for any.

    Raises:
        Refused: There is none.
    """
    candidates = [one for one in resources if type_ in (None, one.type)]
    found = next((one for one in candidates if one.is_called(name)), None)
    if found is None:
        what = type_.rpartition(":")[2].lower() if type_ else "resource"
        known = [one.logical_id for one in candidates]
        raise Refused(f"there is no {what} {name!r}", known_names(name, f"{what}s", known))
    return found


def _arn(type_: str, name: str, stack_arn: str) -> str | None:
    _, partition, _, region, account, *_ = stack_arn.split(":")
    if type_ == _BUCKET:
        return f"arn:{partition}:s3:::{name}"
    if type_ == _ROLE:
        return f"arn:{partition}:iam::{account}:role/{name}"
    if type_ not in _IN_ARN:
        return None
    service, before = _IN_ARN[type_]
    # A parameter's name may begin with the slash that its ARN has once.
    named = name.removeprefix("/") if before.endswith("/") else name
    return f"arn:{partition}:{service}:{region}:{account}:{before}{named}"
