"""CloudFormation: values that a service refuses."""

import pytest

from tests.parity.made import new_name
from tests.parity.made.stacks import Stacks, with_queue


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html"
)
def test_a_stack_fails_whose_queue_has_an_attribute_out_of_its_range(stacks: Stacks) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 43_201}}
    name = new_name()

    description = stacks.create(name, {"Resources": {"Queue": queue}})

    assert description["StackStatus"] == "ROLLBACK_COMPLETE"


TROUBLE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
SCHEMAS = (
    "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html"
)
CODE = {"ZipFile": "def handler(event, context): pass"}
FUNCTION = {
    "Code": CODE,
    "Handler": "index.handler",
    "Role": "arn:aws:iam::123456789012:role/r",
    "Runtime": "python3.13",
}


@pytest.mark.behaviour(SCHEMAS)
@pytest.mark.parametrize(
    ("type", "properties", "reason"),
    [
        ("SQS::Queue", {"VisibilityTimeot": 30}, "#: extraneous key [VisibilityTimeot]"),
        ("SQS::Queue", {"Arn": "x"}, "Arn"),
        ("SQS::Queue", {"DelaySeconds": "soon"}, "#/DelaySeconds: expected type: Integer"),
        ("SQS::Queue", {"Tags": [{"Key": "k"}]}, "#/Tags/0: required key [Value] not found"),
        ("SQS::Queue", {"Tags": "k"}, "#/Tags: expected type: JSONArray"),
        ("SNS::Topic", {"Subscription": [{"Protocol": "sqs"}]}, "required key [Endpoint]"),
        ("Lambda::Function", FUNCTION | {"Timeout": 0}, "#/Timeout: 0 is not greater or equal"),
        ("Lambda::Function", FUNCTION | {"Environment": {"Vars": {}}}, "extraneous key [Vars]"),
        ("Lambda::Function", FUNCTION | {"PackageType": "Tar"}, "not a valid enum value"),
        ("Lambda::Function", FUNCTION | {"Role": "r"}, "keyword [pattern]"),
        ("Lambda::Function", {"Handler": "a.b"}, "required key [Code] not found"),
    ],
)
def test_a_stack_fails_whose_resource_has_properties_that_its_schema_does_not_allow(
    stacks: Stacks, type: str, properties: dict[str, object], reason: str
) -> None:
    name = new_name()

    description = stacks.create(
        name, {"Resources": {"One": {"Type": f"AWS::{type}", "Properties": properties}}}
    )

    assert description["StackStatus"] == "ROLLBACK_COMPLETE"
    failure = stacks.failures(name)["One"]
    assert "Properties validation failed for resource One with message:" in failure
    assert reason in failure


@pytest.mark.behaviour(TROUBLE)
def test_an_update_to_an_invalid_property_is_rolled_back(stacks: Stacks) -> None:
    name = stacks.make(with_queue(30))
    invalid = with_queue(40)
    invalid["Resources"]["Queue"]["Properties"]["VisibilityTimeot"] = 30

    description = stacks.update(name, invalid)

    assert description["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "[VisibilityTimeot]" in stacks.failures(name)["Queue"]


@pytest.mark.behaviour(SCHEMAS)
def test_a_property_is_judged_when_its_references_are_known(stacks: Stacks) -> None:
    """Numbers are texts in parameters, lists may be parameters, and a value may be none."""
    template = {
        "Parameters": {
            "Seconds": {"Type": "Number", "Default": "45"},
            "Names": {"Type": "CommaDelimitedList", "Default": "a,b"},
            "Fifo": {"Type": "String", "Default": "false"},
        },
        "Conditions": {"IsFifo": {"Fn::Equals": [{"Ref": "Fifo"}, "true"]}},
        "Resources": {
            "Dead": {"Type": "AWS::SQS::Queue"},
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Properties": {
                    "VisibilityTimeout": {"Ref": "Seconds"},
                    "FifoQueue": {"Fn::If": ["IsFifo", True, {"Ref": "AWS::NoValue"}]},
                    "RedrivePolicy": {
                        "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                        "maxReceiveCount": "3",
                    },
                    "Tags": [{"Key": "k", "Value": {"Fn::Join": ["-", {"Ref": "Names"}]}}],
                },
            },
            "Parameter": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {
                    "Type": "StringList",
                    "Value": {"Fn::Join": [",", {"Ref": "Names"}]},
                },
            },
        },
    }

    assert stacks.make(template)
