"""CloudFormation: what a stack has made, and what is left when it fails."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.queues import Queues
from tests.parity.made.stacks import Stacks, with_queue
from tests.support.functions import Function

API = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
CONTRACT = (
    "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide"
    "/resource-type-test-contract.html"
)
MISSING = "arn:aws:{}:${{AWS::Region}}:${{AWS::AccountId}}:mailroom-parity-missing"
# A dead-letter queue and a topic that don't exist.
BROKEN: dict[str, Any] = {
    "Orphan": {
        "Type": "AWS::SQS::Queue",
        "DependsOn": "Queue",
        "Properties": {
            "MessageRetentionPeriod": 1,
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::Sub": MISSING.format("sqs")}},
        },
    },
    "Missing": {
        "Type": "AWS::SNS::Subscription",
        "DependsOn": "Queue",
        "Properties": {
            "TopicArn": {"Fn::Sub": MISSING.format("sns")},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
        },
    },
}


@pytest.mark.behaviour(f"{API}/API_ExecuteChangeSet.html")
def test_of_a_stack_that_fails_to_be_created_nothing_is_left(
    stacks: Stacks, queues: Queues, endpoint: Endpoint
) -> None:
    name = new_name()

    def left() -> list[str]:
        return list(queues.sqs.list_queues(QueueNamePrefix=name).get("QueueUrls", []))

    status = stacks.create(name, with_queue(**BROKEN))["StackStatus"]

    endpoint.until_known(lambda: not left())
    assert (status, left()) == ("ROLLBACK_COMPLETE", [])


@pytest.mark.behaviour(f"{API}/API_DescribeStackEvents.html")
def test_a_resource_that_fails_is_told_with_its_reason_in_the_events_of_the_stack(
    stacks: Stacks,
) -> None:
    name = new_name()

    stacks.create(name, with_queue(**BROKEN))

    failures = stacks.failures(name)
    assert failures.keys() & BROKEN.keys()
    assert all(failures.values())


@pytest.mark.behaviour(f"{API}/API_ExecuteChangeSet.html")
def test_an_update_that_fails_brings_back_what_was_there_before(
    stacks: Stacks, queues: Queues
) -> None:
    name = stacks.make(with_queue(30))

    status = stacks.update(name, with_queue(60, **BROKEN))["StackStatus"]

    url = stacks.outputs(name)["QueueUrl"]
    found = queues.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert found["Attributes"]["VisibilityTimeout"] == "30"


@pytest.mark.behaviour(f"{GUIDE}/aws-template-resource-type-ref.html")
def test_a_resource_type_that_does_not_exist_is_not_reported_as_created(stacks: Stacks) -> None:
    name, template = new_name(), with_queue(Unknown={"Type": "AWS::Mailroom::Nothing"})

    try:
        status = stacks.create(name, template)["StackStatus"]
    except ClientError as error:
        status = error.response["Error"]["Code"]

    assert status in ("ValidationError", "FAILED", "ROLLBACK_COMPLETE")


@pytest.mark.behaviour(f"{GUIDE}/transform-aws-serverless.html")
def test_a_serverless_state_machine_is_made_with_what_is_substituted_in_its_definition(
    stacks: Stacks, endpoint: Endpoint, machine_role: str
) -> None:
    says = {"Type": "Pass", "Result": "${Word}", "End": True}
    properties = {
        "Definition": {"StartAt": "Says", "States": {"Says": says}},
        "DefinitionSubstitutions": {"Word": {"Ref": "AWS::StackName"}},
        "Role": machine_role,
    }
    machine = {"Type": "AWS::Serverless::StateMachine", "Properties": properties}
    transform = "AWS::Serverless-2016-10-31"

    name = stacks.make({"Transform": transform, "Resources": {"Machine": machine}})

    arn = stacks.resources(name)["Machine"]
    described = endpoint.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"])["States"]["Says"]["Result"] == name


@pytest.mark.behaviour(f"{GUIDE}/intrinsic-function-reference-conditions.html")
def test_a_resource_whose_condition_is_false_is_not_made_and_no_value_is_no_property(
    stacks: Stacks, queues: Queues
) -> None:
    never = {"Fn::Equals": ["a", "b"]}
    seconds = {"Fn::If": ["Never", 60, {"Ref": "AWS::NoValue"}]}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}
    resources = {"Queue": queue, "Topic": {"Type": "AWS::SNS::Topic", "Condition": "Never"}}

    name = stacks.make({"Conditions": {"Never": never}, "Resources": resources})

    made = stacks.resources(name)
    found = queues.sqs.get_queue_attributes(
        QueueUrl=made["Queue"], AttributeNames=["VisibilityTimeout"]
    )
    assert made.keys() == {"Queue"}
    assert found["Attributes"]["VisibilityTimeout"] == "30"


@pytest.mark.behaviour(f"{GUIDE}/conditions-section-structure.html")
def test_a_resource_whose_condition_turns_false_is_deleted_and_made_again_when_it_turns_true(
    stacks: Stacks, endpoint: Endpoint
) -> None:
    def template(made: str) -> dict[str, Any]:
        resources = {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Topic": {"Type": "AWS::SNS::Topic", "Condition": "IsMade"},
        }
        return {
            "Parameters": {"Made": {"Type": "String", "Default": made}},
            "Conditions": {"IsMade": {"Fn::Equals": [{"Ref": "Made"}, "yes"]}},
            "Resources": resources,
            "Outputs": {"Topic": {"Condition": "IsMade", "Value": {"Ref": "Topic"}}},
        }

    def attributes() -> Any:
        return endpoint.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]

    name = stacks.make(template("yes"))
    topic = stacks.outputs(name)["Topic"]

    statuses = [stacks.update(name, template("no"))["StackStatus"]]
    endpoint.until(lambda: code_of(attributes), "the end of the topic")
    left, said = stacks.resources(name), stacks.outputs(name)
    statuses.append(stacks.update(name, template("yes"))["StackStatus"])

    assert statuses == ["UPDATE_COMPLETE", "UPDATE_COMPLETE"]
    assert (list(left), said) == (["Queue"], {})
    topic = stacks.outputs(name)["Topic"]
    assert attributes()["TopicArn"] == topic


@pytest.mark.behaviour(CONTRACT)
def test_an_event_source_mapping_is_gone_when_the_update_that_deletes_it_is_complete(
    stacks: Stacks, probe: Function
) -> None:
    mapping: dict[str, Any] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": probe.name,
            "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
        },
    }
    name = stacks.make(with_queue(Mapping=mapping))
    first = stacks.resources(name)["Mapping"]

    statuses = [
        stacks.update(name, template)["StackStatus"]
        for template in (with_queue(), with_queue(Mapping=mapping))
    ]

    assert statuses == ["UPDATE_COMPLETE", "UPDATE_COMPLETE"], stacks.failures(name)
    assert stacks.resources(name)["Mapping"] != first


@pytest.mark.behaviour(f"{API}/API_DeleteStack.html")
def test_a_stack_is_deleted_with_all_that_it_made(stacks: Stacks, endpoint: Endpoint) -> None:
    name = stacks.make(with_queue())
    url = stacks.outputs(name)["QueueUrl"]
    sqs = endpoint.client("sqs")

    stacks.cloudformation.delete_stack(StackName=name)

    endpoint.until(
        lambda: code_of(lambda: stacks.cloudformation.describe_stacks(StackName=name)), "its end"
    )
    endpoint.until(
        lambda: code_of(lambda: sqs.get_queue_attributes(QueueUrl=url)), "the end of its queue"
    )


@pytest.mark.behaviour(f"{API}/API_DescribeStacks.html")
def test_a_stack_that_is_not_there_is_told_by_its_error(stacks: Stacks) -> None:
    name = new_name()

    with pytest.raises(ClientError) as refused:
        stacks.cloudformation.describe_stacks(StackName=name)

    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"] == f"Stack with id {name} does not exist"
