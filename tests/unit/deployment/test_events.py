"""Why a stack failed, of what CloudFormation tells while it changes; at botocore's edge."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mailroom.deployment.change_set import ChangeSet
from mailroom.deployment.stack import Stack
from mailroom.errors import DeploymentFailed
from tests.support.stubs import StrictStubber

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

_ARN = "arn:aws:cloudformation:eu-west-3:111122223333:"
_STACK, _NESTED = f"{_ARN}stack/s/1", f"{_ARN}stack/s-nested/2"
_PLANNED = ChangeSet(f"{_ARN}changeSet/s/1", ())
_TYPO = 'Resource handler returned message: "MISSING_TRANSITION_TARGET" (HandlerErrorCode: …)'
_EMBEDDED = f"Embedded stack {_NESTED} was not successfully "


@pytest.fixture
def client() -> "CloudFormationClient":
    return boto3.client(
        "cloudformation", "eu-west-3", aws_access_key_id="x", aws_secret_access_key="x"
    )


@pytest.fixture
def aws(client: "CloudFormationClient") -> Iterator[StrictStubber]:
    """What CloudFormation answers, call by call, checked against its service model."""
    with StrictStubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def event(name: str, status: str, reason: str = "", stack: str = _STACK) -> dict[str, Any]:
    """A step of a resource; of the stack itself if it has the stack's name."""
    own = name == stack.split("/")[1]
    nested = own or name == "Nested"
    return {
        "EventId": f"{stack} {name} {status}",
        "StackId": stack,
        "StackName": stack.split("/")[1],
        "Timestamp": datetime.now(UTC),
        "LogicalResourceId": name,
        "PhysicalResourceId": stack if own else f"{name}-1",
        "ResourceType": "AWS::CloudFormation::Stack" if nested else "AWS::SQS::Queue",
        "ResourceStatus": status,
        **({"ResourceStatusReason": reason} if reason else {}),
    }


def failed_with(
    client: "CloudFormationClient",
    aws: StrictStubber,
    *events: dict[str, Any],
    status: str = "UPDATE_ROLLBACK_COMPLETE",
    reason: str = "",
    nested: tuple[dict[str, Any], ...] = (),
) -> list[str]:
    """What an execution says that ends so, after these events, line by line."""
    old = event("Old", "UPDATE_FAILED", "of another deployment")
    described = {
        "StackName": "s",
        "StackStatus": status,
        "CreationTime": datetime.now(UTC),
        **({"StackStatusReason": reason} if reason else {}),
    }
    aws.add_response("describe_stack_events", {"StackEvents": [old]})
    aws.add_response("execute_change_set", {})
    aws.add_response("describe_stacks", {"Stacks": [described]})
    newest = [*reversed(events), old]
    aws.add_response("describe_stack_events", {"StackEvents": newest}, {"StackName": "s"})
    if nested:
        inside = {"StackEvents": list(reversed(nested))}
        aws.add_response("describe_stack_events", inside, {"StackName": _NESTED})
    with pytest.raises(DeploymentFailed) as failure:
        Stack(client, "s").execute(_PLANNED)
    return [line.strip() for line in str(failure.value).splitlines()[1:]]


def test_what_fails_in_the_rollback_is_not_why_the_stack_failed(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said = failed_with(
        client,
        aws,
        event("s", "UPDATE_IN_PROGRESS", "User Initiated"),
        event("Machine", "UPDATE_FAILED", _TYPO),
        event("s", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: …"),
        event("Queue", "UPDATE_FAILED", "Failed to bring it back"),
        event("Topic", "DELETE_FAILED", "Failed to delete resource with id Topic"),
        event("s", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [Queue]"),
        status="UPDATE_ROLLBACK_FAILED",
    )

    assert said == [f"Machine (AWS::SQS::Queue): {_TYPO}"]


def test_of_several_failures_the_first_comes_first_and_what_was_cancelled_is_none(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said = failed_with(
        client,
        aws,
        event("Early", "CREATE_FAILED", "Resource creation cancelled"),
        event("First", "CREATE_FAILED", "The export was cancelled by its owner"),
        event("Second", "UPDATE_FAILED", "It has a reason of its own"),
        event("Other", "UPDATE_FAILED", "Resource update cancelled"),
        event("s", "UPDATE_ROLLBACK_IN_PROGRESS"),
    )

    assert said == [
        "First (AWS::SQS::Queue): The export was cancelled by its owner",
        "Second (AWS::SQS::Queue): It has a reason of its own",
    ]


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("CREATE", "created: The following resource(s) failed to create: [Machine]. "),
        ("UPDATE", "updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: …"),
    ],
)
def test_a_nested_stack_fails_for_what_failed_in_it_this_time(
    client: "CloudFormationClient", aws: StrictStubber, verb: str, reason: str
) -> None:
    said = failed_with(
        client,
        aws,
        event("Nested", f"{verb}_FAILED", _EMBEDDED + reason),
        event("s", "ROLLBACK_IN_PROGRESS"),
        nested=(
            event("Before", "CREATE_FAILED", "of another deployment", _NESTED),
            event("s-nested", f"{verb}_IN_PROGRESS", "", _NESTED),
            event("Machine", f"{verb}_FAILED", _TYPO, _NESTED),
            event("s-nested", "ROLLBACK_IN_PROGRESS", "…", _NESTED),
            event("Queue", "DELETE_FAILED", "Failed to delete it", _NESTED),
        ),
    )

    assert said == [f"Nested/Machine (AWS::SQS::Queue): {_TYPO}"]


def test_a_nested_stack_that_tells_nothing_fails_for_the_reason_it_gives(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said = failed_with(
        client,
        aws,
        event("Nested", "CREATE_FAILED", _EMBEDDED + "created: …"),
        nested=(event("s-nested", "CREATE_IN_PROGRESS", "", _NESTED),),
    )

    assert said == [f"Nested (AWS::CloudFormation::Stack): {_EMBEDDED}created: …"]


def test_a_stack_fails_for_its_own_reason_when_no_resource_has_failed(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said = failed_with(
        client,
        aws,
        event("s", "UPDATE_ROLLBACK_IN_PROGRESS", "Output Url is not a string"),
        reason="Output Url is not a string",
    )

    assert said == ["the stack is UPDATE_ROLLBACK_COMPLETE: Output Url is not a string"]
