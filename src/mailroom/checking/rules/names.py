"""Names that are too long for AWS."""

from collections.abc import Iterator
from typing import NamedTuple

from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.template.stack import Stack

# The hyphens and the twelve characters that CloudFormation adds.
_ADDED = 14


class _Name(NamedTuple):
    property: str
    longest: int


# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
_NAMES = {
    "AWS::CloudWatch::Alarm": _Name("AlarmName", 255),
    "AWS::Events::Rule": _Name("Name", 64),
    "AWS::IAM::ManagedPolicy": _Name("ManagedPolicyName", 128),
    "AWS::IAM::Role": _Name("RoleName", 64),
    "AWS::KMS::Alias": _Name("AliasName", 256),
    "AWS::Lambda::Function": _Name("FunctionName", 64),
    "AWS::Logs::LogGroup": _Name("LogGroupName", 512),
    "AWS::S3::Bucket": _Name("BucketName", 63),
    "AWS::SNS::Topic": _Name("TopicName", 256),
    "AWS::SQS::Queue": _Name("QueueName", 80),
    "AWS::SecretsManager::Secret": _Name("Name", 512),
    "AWS::StepFunctions::StateMachine": _Name("StateMachineName", 80),
}
_LONGEST_STACK = 128


@rule(
    stacks,
    id="name-length",
    severity=Severity.error,
    title="a name that is longer than AWS allows",
    why="the resource is not created",
    page="AWSCloudFormation/latest/UserGuide/aws-properties-name.html",
    fix="shorten it, or leave it out and let CloudFormation make one",
)
def name_length(stack: Stack) -> Iterator[Problem]:
    for resource in stack.resources.values():
        rule_of = _NAMES.get(resource.type)
        name = resource.get(rule_of.property) if rule_of else None
        if rule_of and isinstance(name, str) and len(name) > rule_of.longest:
            yield Problem(
                resource.at(rule_of.property),
                f"{name!r} has {len(name)} characters; {rule_of.longest} are allowed",
            )
    if len(stack.target.stack) > _LONGEST_STACK:
        yield Problem(
            Location(f"infra/environments/{stack.target.name}.toml", 1),
            f"the stack's name has {len(stack.target.stack)} characters; "
            f"{_LONGEST_STACK} are allowed",
        )


@rule(
    stacks,
    id="name-cut",
    severity=Severity.warning,
    title="a logical id that is cut off in the name that CloudFormation makes",
    why="CloudFormation joins stack, logical id and 12 characters, and shortens what exceeds the "
    "type's limit: the name doesn't say any more what the resource is",
    page="AWSCloudFormation/latest/UserGuide/aws-properties-name.html",
    fix="shorten the logical id or the stack's name",
)
def name_cut(stack: Stack) -> Iterator[Problem]:
    for resource in stack.resources.values():
        rule_of = _NAMES.get(resource.type)
        if rule_of is None or resource.get(rule_of.property):
            continue
        length = len(stack.target.stack) + len(resource.id) + _ADDED
        if length > rule_of.longest:
            yield Problem(
                resource.at(),
                f"{stack.target.stack}-{resource.id}-… has {length} characters; "
                f"{rule_of.longest} are kept",
            )
