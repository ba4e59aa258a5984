"""Why a stack fails: the first failed resource's reason, in CloudFormation's words."""

import json
import re
from typing import Any

import pytest

from mailroom.deployment.stack import Stack
from mailroom.environments.environment import Environment
from mailroom.errors import DeploymentFailed
from tests.support.tried import Resources, Tried

SERVICE = {"Service": "states.amazonaws.com"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": SERVICE}
WAITING: Resources = {"Type": "AWS::SNS::Topic", "DependsOn": "Machine"}
TYPO = (
    r'Resource handler returned message: ".*MISSING_TRANSITION_TARGET.*Frist.*'
    r"\(Service: StepFunctions, Status Code: 400, Request ID: .+\)\" "
    r"\(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: InvalidRequest\)"
)
MISSING_QUEUE = {
    "deadLetterTargetArn": {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:none"},
    "maxReceiveCount": 3,
}


def machine(start: str = "First", **other: Any) -> Resources:
    """A queue, and a state machine with its role that starts at a state."""
    definition = {"StartAt": start, "States": {"First": {"Type": "Pass", "End": True}}}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [TRUST]}}
    return {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "DependsOn": "Queue",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionString": json.dumps(definition),
            },
        },
        **other,
    }


def reasons(tried: Tried, status: str) -> list[tuple[str, str]]:
    """The resources that have such a status, oldest first, each with its reason."""
    events = tried.client.describe_stack_events(StackName=tried.described()["StackId"])
    return [
        (one["LogicalResourceId"], one.get("ResourceStatusReason", ""))
        for one in reversed(events["StackEvents"])
        if one["ResourceStatus"] == status and one["LogicalResourceId"] != tried.name
    ]


def test_a_wrong_state_machine_is_the_reason_why_it_is_not_created(tried: Tried) -> None:
    status = tried.execute("CREATE", machine("Frist", Waiting=WAITING))

    [(name, reason)] = reasons(tried, "CREATE_FAILED")
    assert status == "ROLLBACK_COMPLETE"
    assert name == "Machine"
    assert re.match(TYPO, reason)
    assert tried.described()["StackStatusReason"] == (
        "The following resource(s) failed to create: [Machine]. Rollback requested by user."
    )
    assert reasons(tried, "DELETE_FAILED") == []


@pytest.mark.parametrize("way", ["change set", "UpdateStack"])
def test_a_wrong_state_machine_is_the_reason_why_it_is_not_updated(tried: Tried, way: str) -> None:
    tried.create(machine())
    wrong = machine("Frist", Waiting=WAITING)

    status = tried.update(wrong) if way == "UpdateStack" else tried.execute("UPDATE", wrong)

    [(name, reason)] = reasons(tried, "UPDATE_FAILED")
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert name == "Machine"
    assert re.match(TYPO, reason)
    assert tried.described()["StackStatusReason"] == (
        "The following resource(s) failed to update: [Machine]. "
    )


def test_an_update_fails_that_does_not_find_what_it_refers_to(tried: Tried) -> None:
    tried.create(machine())
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": MISSING_QUEUE}}

    status = tried.execute("UPDATE", machine(Queue=queue))

    [(name, reason)] = reasons(tried, "UPDATE_FAILED")
    assert (status, name) == ("UPDATE_ROLLBACK_COMPLETE", "Queue")
    assert "Dead letter target does not exist" in reason


@pytest.mark.parametrize("options", [{"DisableRollback": True}, {"OnFailure": "DO_NOTHING"}])
def test_a_stack_that_keeps_what_failed_says_what_it_was(
    tried: Tried, options: dict[str, Any]
) -> None:
    status = tried.create(machine("Frist"), **options)

    assert status == "CREATE_FAILED"
    assert "[Machine]" in tried.described()["StackStatusReason"]


def test_a_deletion_that_fails_says_why_and_succeeds_when_the_cause_is_gone(
    tried: Tried, environment: Environment
) -> None:
    tried.create(machine())
    iam, role = environment.session.client("iam"), tried.made()["Role"]
    uses = {"InstanceProfileName": tried.name, "RoleName": role}
    iam.create_instance_profile(InstanceProfileName=tried.name)
    iam.add_role_to_instance_profile(**uses)
    stack = Stack(tried.client, tried.name)

    with pytest.raises(DeploymentFailed, match=r"Role \(AWS::IAM::Role\): .*HandlerErrorCode"):
        stack.delete()

    assert tried.described()["StackStatus"] == "DELETE_FAILED"
    assert "failed to delete: [Role]" in tried.described()["StackStatusReason"]
    iam.remove_role_from_instance_profile(**uses)
    iam.delete_instance_profile(InstanceProfileName=tried.name)
    stack.delete()
    assert stack.status() is None


def test_a_nested_stack_that_fails_gives_its_own_reason_and_the_toolbox_the_first_cause(
    tried: Tried, environment: Environment
) -> None:
    s3, bucket = environment.session.client("s3"), f"{tried.name}-templates"
    s3.create_bucket(Bucket=bucket)
    inside = json.dumps({"Resources": machine("Frist")})
    s3.put_object(Bucket=bucket, Key="inside.json", Body=inside.encode())
    url = f"{environment.endpoint}/{bucket}/inside.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    template = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Nested": nested}})

    with pytest.raises(DeploymentFailed) as failed:
        Stack(tried.client, tried.name).deploy(template, {}, {})

    [(name, reason)] = reasons(tried, "CREATE_FAILED")
    assert name == "Nested"
    assert re.match(
        r"Embedded stack arn:\S+ was not successfully created: "
        r"The following resource\(s\) failed to create: \[Machine\]\. ",
        reason,
    )
    [_, cause] = str(failed.value).splitlines()
    assert re.match(r"  Nested/Machine \(AWS::StepFunctions::StateMachine\): " + TYPO, cause)
