"""A stack in the states that no emulator gets into, at botocore's edge."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY

from mailroom.deployment.change_set import ChangeSet
from mailroom.deployment.stack import Stack
from mailroom.errors import DeploymentFailed, MailroomError, Refused
from tests.support.stubs import StrictStubber

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

_ARN = "arn:aws:cloudformation:eu-west-3:111122223333:"
_CHANGE_SET = f"{_ARN}changeSet/mailroom/1"
_STACK = f"{_ARN}stack/s/1"
_PLANNED = ChangeSet(_CHANGE_SET, ())


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


def _says(aws: StrictStubber, status: str) -> None:
    stack = {
        "StackName": "s",
        "StackId": _STACK,
        "StackStatus": status,
        "CreationTime": datetime.now(UTC),
    }
    aws.add_response("describe_stacks", {"Stacks": [stack]})


def _says_gone(aws: StrictStubber) -> None:
    aws.add_client_error("describe_stacks", "ValidationError", "Stack s does not exist")


def _makes(aws: StrictStubber, kind: str, **described: Any) -> None:
    wanted = {
        "StackName": "s",
        "ChangeSetName": ANY,
        "ChangeSetType": kind,
        "TemplateBody": "{}",
        "Parameters": [],
        "Tags": [],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    aws.add_response("create_change_set", {"Id": _CHANGE_SET}, wanted)
    aws.add_response("describe_change_set", described)


_ADDS = [
    {
        "Type": "Resource",
        "ResourceChange": {
            "Action": "Add",
            "LogicalResourceId": "Queue",
            "ResourceType": "AWS::SQS::Queue",
        },
    }
]


def test_a_stack_that_rolled_back_its_creation_is_deleted_first(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said: list[str] = []
    _says(aws, "ROLLBACK_COMPLETE")
    _says(aws, "ROLLBACK_COMPLETE")
    aws.add_response("describe_stack_events", {"StackEvents": []})
    aws.add_response("delete_stack", {}, {"StackName": _STACK})
    _says_gone(aws)
    aws.add_response("describe_stack_events", {"StackEvents": []})
    _makes(aws, "CREATE", Status="CREATE_COMPLETE", Changes=_ADDS)

    planned = Stack(client, "s", notice=said.append).plan("{}", {}, {})

    assert planned
    assert "ROLLBACK_COMPLETE" in said[0]


def test_a_stack_that_was_only_reviewed_is_created(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    _says(aws, "REVIEW_IN_PROGRESS")
    _makes(aws, "CREATE", Status="CREATE_COMPLETE", Changes=_ADDS)

    planned = Stack(client, "s").plan("{}", {}, {})

    assert planned
    assert planned.changes[0].logical_id == "Queue"


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information",
        "No updates are to be performed.",
    ],
)
def test_an_empty_change_set_means_nothing_to_change(
    client: "CloudFormationClient", aws: StrictStubber, reason: str
) -> None:
    _says(aws, "UPDATE_COMPLETE")
    _makes(aws, "UPDATE", Status="FAILED", StatusReason=reason)
    aws.add_response("delete_change_set", {}, {"ChangeSetName": _CHANGE_SET})

    planned = Stack(client, "s").plan("{}", {}, {})

    assert planned is None


def test_another_deployment_is_waited_for_and_said(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    said: list[str] = []
    _says(aws, "UPDATE_IN_PROGRESS")
    aws.add_response("describe_stack_events", {"StackEvents": []})
    _says(aws, "UPDATE_COMPLETE")
    aws.add_response("describe_stack_events", {"StackEvents": []})
    _says(aws, "UPDATE_COMPLETE")
    _makes(aws, "UPDATE", Status="CREATE_COMPLETE", Changes=_ADDS)

    Stack(client, "s", notice=said.append).plan("{}", {}, {})

    assert said == ["stack s is UPDATE_IN_PROGRESS: waiting for the deployment that runs"]


@pytest.mark.parametrize(
    ("code", "message", "hint"),
    [
        ("InvalidChangeSetStatus", "cannot be executed in its current status", "plan again"),
        ("ChangeSetNotFound", "ChangeSet does not exist", "plan again"),
        ("ValidationError", "stack is in UPDATE_IN_PROGRESS state", "try again when it has ended"),
    ],
)
def test_a_stale_change_set_is_refused_with_what_to_do(
    client: "CloudFormationClient", aws: StrictStubber, code: str, message: str, hint: str
) -> None:
    aws.add_response("describe_stack_events", {"StackEvents": []})
    aws.add_client_error("execute_change_set", code, message)

    with pytest.raises(DeploymentFailed) as failure:
        Stack(client, "s").execute(_PLANNED)

    assert hint in failure.value.hint


@pytest.mark.parametrize(
    ("code", "said"),
    [("ExpiredToken", "expired"), ("Throttling", "throttles"), ("AccessDenied", "denies")],
)
def test_credentials_and_throttling_are_not_mistaken_for_a_bad_template(
    client: "CloudFormationClient", aws: StrictStubber, code: str, said: str
) -> None:
    _says(aws, "UPDATE_COMPLETE")
    aws.add_client_error("create_change_set", code, "…")

    with pytest.raises(MailroomError, match=said) as failure:
        Stack(client, "s").plan("{}", {}, {})

    assert failure.value.hint


def test_a_template_that_is_too_large_for_aws_is_refused_everywhere(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    _says(aws, "UPDATE_COMPLETE")

    with pytest.raises(Refused, match="51,200"):
        Stack(client, "s").plan(" " * 51_201, {}, {})


def test_a_template_that_is_too_large_for_a_request_is_uploaded(
    client: "CloudFormationClient", aws: StrictStubber
) -> None:
    _says(aws, "UPDATE_COMPLETE")
    uploaded: list[str] = []

    def upload(text: str) -> str:
        uploaded.append(text)
        raise Refused("far enough")

    with pytest.raises(Refused, match="far enough"):
        Stack(client, "s", upload=upload).plan(" " * 51_201, {}, {})
    _says(aws, "UPDATE_COMPLETE")
    with pytest.raises(Refused, match="1,048,576"):
        Stack(client, "s", upload=upload).plan(" " * 1_048_577, {}, {})

    assert uploaded == [" " * 51_201]
