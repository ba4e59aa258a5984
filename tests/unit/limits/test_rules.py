"""The table of rules that the service models don't have."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from mailroom_rules.limits import RULES, RequestChecks, Rule, rules_of

PAGE = (Path(__file__).parents[3] / "docs" / "limits.md").read_text()
SESSION = botocore.session.get_session()


def row(rule: Rule) -> str:
    """Its row in docs/limits.md."""
    operations = ", ".join(rule.operations)
    where = f"{operations} `{rule.member}`" if rule.member else operations
    return f"| {rule.service} | {where} | [{rule.says}]({rule.page}) |"


def test_the_page_lists_exactly_the_rules() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "](http" in line]

    assert Counter(rows) == Counter(row(rule) for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.operations[0]}.{rule.member}")
def test_a_rule_names_a_page_of_awss_and_a_member_that_its_operations_have(rule: Rule) -> None:
    assert rule.page.startswith("https://docs.aws.amazon.com/")
    model = SESSION.get_service_model(rule.service)
    for operation in rule.operations:
        shape: Any = model.operation_model(operation).input_shape
        if rule.batch:
            shape = shape.members[rule.batch].member
        for name in rule.path:
            # The attributes of queues and topics are keys of a map.
            shape = shape.members[name] if shape.type_name == "structure" else shape.value


def refusal(service: str, operation: str, request: dict[str, Any]) -> Any:
    model = SESSION.get_service_model(service).operation_model(operation)
    check = RequestChecks().of(service, model)
    assert check is not None
    return check.refusal(request)


def test_an_error_lists_everything_that_is_wrong_as_aws_writes_it() -> None:
    request = {"Name": "a b", "State": "SLEEPING"}

    found = refusal("events", "PutRule", request)

    assert found.code == "ValidationException"
    assert found.message == (
        "2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member"
        r" must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+; Value 'SLEEPING' at 'state'"
        " failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED,"
        " ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]"
    )


def test_an_error_has_no_value_that_the_model_calls_sensitive() -> None:
    secret = {"Name": "a", "SecretString": "password" * 8_193}
    variables = {"FunctionName": "f", "Environment": {"Variables": {"1a": "password"}}}

    errors = [
        refusal("secretsmanager", "CreateSecret", secret),
        refusal("lambda", "UpdateFunctionConfiguration", variables),
    ]

    assert ["Value at '" in one.message for one in errors] == [True, True]
    assert ["password" in one.message for one in errors] == [False, False]


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        # LocalStack's hot reload, and names as LocalStack and its tools write them.
        (
            "lambda",
            "CreateFunction",
            {
                "FunctionName": "arn:aws:lambda:eu-central-1:000000000000:function:name",
                "Role": "arn:aws:iam::000000000000:role/any",
                "Runtime": "python3.13",
                "Handler": "app.handler",
                "Code": {"S3Bucket": "hot-reload", "S3Key": "/home/me/my functions/app"},
            },
        ),
        ("sqs", "CreateQueue", {"QueueName": "q", "Attributes": {"RedrivePolicy": ""}}),
        ("sqs", "SetQueueAttributes", {"QueueUrl": "q", "Attributes": {"KmsMasterKeyId": ""}}),
        (
            "sqs",
            "SetQueueAttributes",
            {
                "QueueUrl": "q",
                "Attributes": {
                    "RedriveAllowPolicy": '{"redrivePermission": "allowAll", "sourceQueueArns": []}'
                },
            },
        ),
        ("s3", "CreateBucket", {"Bucket": "directory--euc1-az1--x-s3"}),
        # Quotas that AWS raises.
        (
            "lambda",
            "UpdateEventSourceMapping",
            {"UUID": "u" * 36, "FilterCriteria": {"Filters": [{"Pattern": "{}"}] * 10}},
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            {"RoleName": "r", "PolicyDocument": json.dumps({"Id": "x" * 8_000})},
        ),
        ("sns", "CreateTopic", {"Name": "t.fifo", "Attributes": {"FifoTopic": "True"}}),
        ("ssm", "PutParameter", {"Name": "/a/b", "Value": "é", "Type": "String"}),
        (
            "ssm",
            "PutParameter",
            {"Name": "a", "Value": "x" * 8_192, "Type": "String", "Overwrite": True},
        ),
        ("logs", "TagResource", {"resourceArn": "arn:aws:logs:x", "tags": {"größe 1": "é/+"}}),
        ("events", "PutRule", {"Name": "rule", "EventBusName": "aws.partner/example.com/1"}),
        ("sqs", "ReceiveMessage", {"QueueUrl": "q", "MessageSystemAttributeNames": ["All"]}),
        # Names of messages' attributes, where the model has those of queues.
        ("sqs", "ReceiveMessage", {"QueueUrl": "q", "AttributeNames": ["SenderId", "All"]}),
        (
            "stepfunctions",
            "StartExecution",
            {"stateMachineArn": "arn:aws:states:x", "name": "é-_."},
        ),
    ],
)
def test_what_aws_takes_is_not_refused(
    service: str, operation: str, request_: dict[str, Any]
) -> None:
    assert refusal(service, operation, request_) is None


def test_an_operation_without_a_rule_has_none() -> None:
    assert rules_of("sqs", "DeleteQueue") == ()
