"""The deploying role may do what CloudFormation's handlers do for it, on our resources alone.

What they do is in each resource type's schema, which cfn-lint ships; on which resources that can be
granted is in AWS's service authorization reference; whether it is, our own evaluator says.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]
from mailroom_rules.policies import Policy, Principal, Request, evaluate
from mailroom_rules.reference import resource_types

from mailroom.checking.template.source import Source
from tests.support.unused_permissions import ONLY_FOR

_CHECKOUT = Path(__file__).parents[3]
_DOCUMENTS = [
    json.loads(file.read_text()) for file in (_CHECKOUT / "infra").glob("deployer-*policy.json")
]
_POLICIES = [Policy.parse(document) for document in _DOCUMENTS]
_STATEMENTS = [statement for document in _DOCUMENTS for statement in document["Statement"]]
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_POLICY_LIMIT = 6144
_DEPLOYER = Principal.parse("arn:aws:iam::123456789012:role/deployer")
_SERVERLESS = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
_HERE = "eu-central-1:123456789012"
_ROLE = "arn:aws:iam::123456789012:role/mailroom-dev-Role-1a2b"
# A resource of each type, with the name that CloudFormation makes.
_ARNS = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{_HERE}:alarm:mailroom-dev-Alarm-1a2b",
    "AWS::CloudWatch::Dashboard": "arn:aws:cloudwatch::123456789012:dashboard/mailroom-dev",
    "AWS::Events::Rule": f"arn:aws:events:{_HERE}:rule/mailroom-dev-Rule-1a2b",
    "AWS::IAM::Role": _ROLE,
    "AWS::Lambda::EventSourceMapping": f"arn:aws:lambda:{_HERE}:event-source-mapping:1a2b",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_HERE}:function:mailroom-dev-Function-1a2b",
    "AWS::Lambda::Permission": f"arn:aws:lambda:{_HERE}:function:mailroom-dev-Function-1a2b",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_HERE}:log-group:mailroom-dev-LogGroup-1a2b",
    "AWS::S3::Bucket": "arn:aws:s3:::mailroom-dev-messagesbucket-1a2b",
    "AWS::S3::BucketPolicy": "arn:aws:s3:::mailroom-dev-messagesbucket-1a2b",
    "AWS::SNS::Subscription": f"arn:aws:sns:{_HERE}:mailroom-dev-MessagesTopic-1a2b",
    "AWS::SNS::Topic": f"arn:aws:sns:{_HERE}:mailroom-dev-MessagesTopic-1a2b",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_HERE}:mailroom-dev-Queue-1a2b",
    "AWS::SQS::QueuePolicy": f"arn:aws:sqs:{_HERE}:mailroom-dev-Queue-1a2b",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_HERE}:secret:IngestionSecret-1a-2b",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{_HERE}:stateMachine:MessageWorkflow-1a2b",
}
_OBJECT = "arn:aws:s3:::mailroom-artifacts-123456789012-eu-central-1/1a2b.zip"
_CONTEXT = {
    "lambda:FunctionArn": _ARNS["AWS::Lambda::Function"],
    "iam:PassedToService": "lambda.amazonaws.com",
    "iam:PolicyARN": "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess",
}


def _resources() -> list[tuple[str, dict[str, Any]]]:
    template = Source.load(_CHECKOUT / "infra" / "template.yml", _CHECKOUT)
    found = template.plain["Resources"].values()
    return [(_SERVERLESS.get(one["Type"], one["Type"]), one.get("Properties", {})) for one in found]


_TYPES = sorted({type for type, _ in _resources()})


def _handlers(type: str) -> dict[str, set[str]]:
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type).schema["handlers"]
    # The list handler is for those who import resources.
    return {
        handler: set(handlers.get(handler, {}).get("permissions", ()))
        for handler in ("create", "read", "update", "delete")
    }


def _unused(type: str) -> set[str]:
    said = {key for one, properties in _resources() if one == type for key in properties}
    only_for = ONLY_FOR.get(type, {})
    return {action for name, actions in only_for.items() if name not in said for action in actions}


def _is_granted(action: str, type: str) -> bool:
    supported = resource_types(action)
    if supported == frozenset() or action.startswith("ec2:Describe"):
        arn = "*"
    elif action == "s3:GetObject":
        arn = _OBJECT
    elif action.startswith("iam:"):
        arn = _ROLE
    else:
        arn = _ARNS[type]
    return evaluate(Request.of(_DEPLOYER, action, arn, _CONTEXT), _POLICIES).allowed


@pytest.mark.parametrize("type", _TYPES)
def test_the_deployer_may_do_what_cloudformation_does_for_it(type: str) -> None:
    lacking = {
        handler: missing
        for handler, actions in _handlers(type).items()
        if (
            missing := {
                action
                for action in actions - _unused(type)
                if _is_action(action) and not _is_granted(action, type)
            }
        )
    }

    assert lacking == {}


def _is_action(action: str) -> bool:
    """Whether the reference has it: schemas also list operations, and names of old."""
    return resource_types(action) is not None or action.startswith("ec2:")


@pytest.mark.parametrize("type", sorted(ONLY_FOR))
def test_what_counts_as_unused_is_what_a_schema_lists(type: str) -> None:
    listed = set[str]().union(*_handlers(type).values())

    assert {a for actions in ONLY_FOR[type].values() for a in actions} <= listed


@pytest.mark.parametrize("statement", _STATEMENTS, ids=lambda one: one["Sid"])
def test_each_statement_is_about_resources_that_its_actions_support(
    statement: dict[str, Any],
) -> None:
    actions = statement["Action"]
    actions = [actions] if isinstance(actions, str) else actions
    unsupported = [one for one in actions if resource_types(one) == frozenset()]

    assert not unsupported or statement["Resource"] == "*"


def test_no_mapping_of_another_s_function_may_be_created() -> None:
    other = {"lambda:FunctionArn": f"arn:aws:lambda:{_HERE}:function:other"}

    asked = Request.of(_DEPLOYER, "lambda:CreateEventSourceMapping", "*", other)

    assert not evaluate(asked, _POLICIES).allowed


def test_the_deployer_s_policies_fit_and_name_what_they_are_about() -> None:
    open_to_all = {one["Sid"] for one in _STATEMENTS if one["Resource"] == "*"}

    for document in _DOCUMENTS:
        assert len(json.dumps(document, separators=(",", ":"))) <= _POLICY_LIMIT
    assert open_to_all == {
        *("ChangeSubscriptions", "Look", "MapEventSources", "PublishTheApplication"),
    }
    assert not any("*" in action for one in _STATEMENTS for action in one["Action"])
