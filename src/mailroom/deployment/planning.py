"""Creates change sets, and explains why CloudFormation rejects one."""

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from mailroom.aws.error_translation import explain
from mailroom.deployment.change_set import Change, ChangeSet, as_changes
from mailroom.errors import DeploymentFailed, MailroomError, Refused
from mailroom.waiting import backoff

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
_TEMPLATE_LIMIT = 51_200
_UPLOADED_TEMPLATE_LIMIT = 1_048_576
_EMPTY = ("didn't contain changes", "No updates are to be performed")
_HINTS = {
    "InvalidChangeSetStatus": "the stack was changed since: plan again",
    "ChangeSetNotFound": "it was deleted, or the stack was changed since: plan again",
    "_IN_PROGRESS": "another deployment is under way: try again when it has ended",
    "UPDATE_ROLLBACK_FAILED": "fix the cause, then: aws cloudformation continue-update-rollback",
}


def make_change_set(
    cloudformation: "CloudFormationClient",
    stack: str,
    kind: Literal["CREATE", "UPDATE"],
    template: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    upload: Callable[[str], str] | None = None,
) -> ChangeSet | None:
    """Create a change set; None when there is nothing to change.

    Args:
        upload: Uploads a template that is too large for a request, and returns its URL in S3.

    Raises:
        Refused: The template is larger than CloudFormation takes; LocalStack would take it.
        DeploymentFailed: CloudFormation rejects it; the message has its reason.
    """
    size = len(template.encode())
    limit = _UPLOADED_TEMPLATE_LIMIT if upload else _TEMPLATE_LIMIT
    if size > limit:
        raise Refused(f"the template has {size:,} bytes; CloudFormation takes {limit:,}")
    source: dict[str, Any] = {"TemplateBody": template}
    if upload and size > _TEMPLATE_LIMIT:
        source = {"TemplateURL": upload(template)}
    try:
        arn = cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName=f"mailroom-{uuid.uuid4().hex}",
            ChangeSetType=kind,
            **source,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )["Id"]
    except ClientError as error:
        raise refusal(stack, error) from error
    changes = _changes(cloudformation, stack, arn)
    if not changes:
        cloudformation.delete_change_set(ChangeSetName=arn)
        return None
    return ChangeSet(arn, changes)


def refusal(stack: str, error: ClientError) -> MailroomError:
    """Why CloudFormation rejects or does not execute a change set, and what to do."""
    known = explain(error)
    if known:
        return known
    hint = next((hint for sign, hint in _HINTS.items() if sign in str(error)), "")
    message = error.response["Error"].get("Message", "")
    return DeploymentFailed(f"the change set for stack {stack} was rejected: {message}", hint)


def _changes(
    cloudformation: "CloudFormationClient", stack: str, change_set: str
) -> tuple[Change, ...]:
    """Wait until the change set is complete; returns its changes, none when it is empty."""
    for _ in backoff():
        described = cloudformation.describe_change_set(ChangeSetName=change_set)
        if described["Status"] == "CREATE_COMPLETE":
            # LocalStack completes an empty change set, for which AWS has the status FAILED.
            changes = list(described.get("Changes", []))
            while token := described.get("NextToken"):
                described = cloudformation.describe_change_set(
                    ChangeSetName=change_set, NextToken=token
                )
                changes.extend(described.get("Changes", []))
            return as_changes(changes)
        if described["Status"] == "FAILED":
            reason = described.get("StatusReason", "")
            if any(text in reason for text in _EMPTY):
                return ()
            raise DeploymentFailed(f"the change set for stack {stack} failed: {reason}")
    raise AssertionError("unreachable: backoff yields for ever")
