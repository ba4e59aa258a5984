"""API calls need the permissions that AWS's service authorization reference lists."""

import base64
import json
from typing import Any

import pytest
from botocore.session import Session
from mailroom_rules.actions import (
    Permission,
    Scope,
    context_keys,
    required_permissions,
    reveals_missing_key,
)
from mailroom_rules.policies import Outcome, Policy, Principal, Request, evaluate

SECRETS = {"db/owner": "arn:aws:secretsmanager:eu-west-1:000000000000:secret:db/owner-AbCdEf"}
KEYS = {"alias/mail": "arn:aws:kms:eu-west-1:000000000000:key/1234"}
SCOPE = Scope(
    "eu-west-1", "000000000000", resolve=lambda _, name: SECRETS.get(name) or KEYS.get(name)
)
QUEUE = "arn:aws:sqs:eu-west-1:000000000000:q"
TOPIC = "arn:aws:sns:eu-west-1:000000000000:t"
FUNCTION = "arn:aws:lambda:eu-west-1:000000000000:function:f"
MACHINE = "arn:aws:states:eu-west-1:000000000000:stateMachine:m"
GROUP = "arn:aws:logs:eu-west-1:000000000000:log-group"
URL = "http://sqs.eu-west-1.localhost.localstack.cloud:4566/000000000000/q"
HANDLE = base64.b64encode(json.dumps({"taskId": "1", "sourceArn": QUEUE}).encode()).decode()
OBJECT = {"Bucket": "b", "Key": "in/a b.jsonl"}
ROLE = "arn:aws:iam::000000000000:role/r"

CALLS: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("sns", "Publish", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
    ("sns", "PublishBatch", {"TopicArn": TOPIC}, [("sns:Publish", TOPIC)]),
    ("sns", "Publish", {"PhoneNumber": "+358"}, [("sns:Publish", "+358")]),
    ("sns", "Unsubscribe", {"SubscriptionArn": f"{TOPIC}:u-1"}, [("sns:Unsubscribe", "*")]),
    ("sns", "CreateTopic", {"Name": "t"}, [("sns:CreateTopic", TOPIC)]),
    ("sns", "ListTopics", {}, [("sns:ListTopics", "*")]),
    ("sqs", "SendMessageBatch", {"QueueUrl": URL}, [("sqs:SendMessage", QUEUE)]),
    ("sqs", "DeleteMessageBatch", {"QueueUrl": URL}, [("sqs:DeleteMessage", QUEUE)]),
    (
        "sqs",
        "ChangeMessageVisibilityBatch",
        {"QueueUrl": URL},
        [("sqs:ChangeMessageVisibility", QUEUE)],
    ),
    (
        "sqs",
        "ReceiveMessage",
        {"QueueUrl": "http://localhost:4566/000000000000/q"},
        [("sqs:ReceiveMessage", QUEUE)],
    ),
    (
        "sqs",
        "GetQueueAttributes",
        {"QueueUrl": "https://sqs.us-east-2.amazonaws.com/1/q"},
        [("sqs:GetQueueAttributes", "arn:aws:sqs:us-east-2:1:q")],
    ),
    ("sqs", "GetQueueUrl", {"QueueName": "q"}, [("sqs:GetQueueUrl", QUEUE)]),
    (
        "sqs",
        "CancelMessageMoveTask",
        {"TaskHandle": HANDLE},
        [
            ("sqs:CancelMessageMoveTask", QUEUE),
            ("sqs:ReceiveMessage", QUEUE),
            ("sqs:DeleteMessage", QUEUE),
            ("sqs:GetQueueAttributes", QUEUE),
        ],
    ),
    ("s3", "GetObject", OBJECT, [("s3:GetObject", "arn:aws:s3:::b/in/a b.jsonl")]),
    ("s3", "HeadObject", OBJECT, [("s3:GetObject", "arn:aws:s3:::b/in/a b.jsonl")]),
    (
        "s3",
        "GetObject",
        OBJECT | {"VersionId": "1"},
        [("s3:GetObjectVersion", "arn:aws:s3:::b/in/a b.jsonl")],
    ),
    ("s3", "ListObjectsV2", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    ("s3", "HeadBucket", {"Bucket": "b"}, [("s3:ListBucket", "arn:aws:s3:::b")]),
    ("s3", "UploadPart", {"Bucket": "b", "Key": "k"}, [("s3:PutObject", "arn:aws:s3:::b/k")]),
    (
        "s3",
        "PutObject",
        {"Bucket": "b", "Key": "k", "Tagging": "a=b"},
        [("s3:PutObject", "arn:aws:s3:::b/k"), ("s3:PutObjectTagging", "arn:aws:s3:::b/k")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "b", "Key": "k", "CopySource": "/a/x%20y"},
        [("s3:GetObject", "arn:aws:s3:::a/x y"), ("s3:PutObject", "arn:aws:s3:::b/k")],
    ),
    (
        "s3",
        "DeleteObjects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "1"}, {"Key": "2"}]}},
        [("s3:DeleteObject", "arn:aws:s3:::b/1"), ("s3:DeleteObject", "arn:aws:s3:::b/2")],
    ),
    (
        "secretsmanager",
        "GetSecretValue",
        {"SecretId": "db/owner"},
        [("secretsmanager:GetSecretValue", SECRETS["db/owner"])],
    ),
    (
        "secretsmanager",
        "DescribeSecret",
        {"SecretId": SECRETS["db/owner"]},
        [("secretsmanager:DescribeSecret", SECRETS["db/owner"])],
    ),
    (
        "secretsmanager",
        "PutSecretValue",
        {"SecretId": "none"},
        [
            (
                "secretsmanager:PutSecretValue",
                "arn:aws:secretsmanager:eu-west-1:000000000000:secret:none-??????",
            )
        ],
    ),
    ("lambda", "Invoke", {"FunctionName": "f"}, [("lambda:InvokeFunction", FUNCTION)]),
    (
        "lambda",
        "Invoke",
        {"FunctionName": f"{FUNCTION}:live"},
        [("lambda:InvokeFunction", f"{FUNCTION}:live")],
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "000000000000:function:f", "Qualifier": "1"},
        [("lambda:InvokeFunction", f"{FUNCTION}:1")],
    ),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": ROLE},
        [("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)],
    ),
    (
        "stepfunctions",
        "StartExecution",
        {"stateMachineArn": MACHINE},
        [("states:StartExecution", MACHINE)],
    ),
    ("states", "SendTaskSuccess", {"taskToken": "x"}, [("states:SendTaskSuccess", "*")]),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "/aws/lambda/f", "logStreamName": "s"},
        [("logs:PutLogEvents", f"{GROUP}:/aws/lambda/f:log-stream:s")],
    ),
    (
        "logs",
        "CreateLogGroup",
        {"logGroupName": "g"},
        [("logs:CreateLogGroup", f"{GROUP}:g:log-stream:")],
    ),
    ("kms", "Encrypt", {"KeyId": "alias/mail"}, [("kms:Encrypt", KEYS["alias/mail"])]),
    ("sts", "GetCallerIdentity", {}, []),
    ("sts", "AssumeRole", {"RoleArn": ROLE}, [("sts:AssumeRole", ROLE)]),
    ("cloudwatch", "PutMetricData", {"Namespace": "n"}, [("cloudwatch:PutMetricData", "*")]),
    ("iam", "CreateRole", {"RoleName": "r"}, [("iam:CreateRole", ROLE)]),
    ("iam", "PutRolePolicy", {"RoleName": "r"}, [("iam:PutRolePolicy", ROLE)]),
]


@pytest.mark.parametrize(("service", "operation", "params", "needed"), CALLS)
def test_a_call_needs_its_permissions(
    service: str, operation: str, params: dict[str, Any], needed: list[tuple[str, str]]
) -> None:
    permissions = required_permissions(service, operation, params, SCOPE)

    assert [(permission.action, permission.resource) for permission in permissions] == needed
    assert all(permission.known for permission in permissions)


@pytest.mark.parametrize("service", ["sqs", "dynamodb"])
def test_an_unknown_operation_is_guessed_and_says_so(service: str) -> None:
    assert required_permissions(service, "Frobnicate", {}, SCOPE) == [
        Permission(f"{service}:Frobnicate", "*", known=False)
    ]


@pytest.mark.parametrize(
    ("service", "model"),
    [
        ("sns", "sns"),
        ("sqs", "sqs"),
        ("secretsmanager", "secretsmanager"),
        ("sts", "sts"),
        ("states", "stepfunctions"),
        ("lambda", "lambda"),
        ("kms", "kms"),
        ("s3", "s3"),
        ("cloudwatch", "cloudwatch"),
        ("logs", "logs"),
    ],
)
def test_no_operation_of_these_services_fails(service: str, model: str) -> None:
    for operation in Session().get_service_model(model).operation_names:
        for permission in required_permissions(service, operation, {}, SCOPE):
            assert permission.action.partition(":")[2]


def test_a_missing_key_is_revealed_to_who_may_list_the_bucket() -> None:
    assert reveals_missing_key(OBJECT, SCOPE).action == "s3:ListBucket"
    assert reveals_missing_key(OBJECT, SCOPE).resource == "arn:aws:s3:::b"


def test_a_log_group_needs_the_trailing_star() -> None:
    (needed,) = required_permissions("logs", "CreateLogGroup", {"logGroupName": "g"}, SCOPE)

    for resource, outcome in ((f"{GROUP}:g:*", "allowed"), (f"{GROUP}:g", "implicitDeny")):
        statement = {"Effect": "Allow", "Action": "logs:*", "Resource": resource}
        policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})
        request = Request.of(Principal.parse(ROLE), needed.action, needed.resource)
        assert evaluate(request, [policy]).outcome is Outcome(outcome)


def test_a_call_brings_its_own_condition_keys() -> None:
    listing = context_keys("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "in/"}, SCOPE)
    secret = context_keys("secretsmanager", "GetSecretValue", {"SecretId": "db/owner"}, SCOPE)
    tagging = context_keys("sqs", "TagQueue", {"Tags": {"team": "red"}}, SCOPE)

    assert listing == {"s3:prefix": "in/"}
    assert secret == {"secretsmanager:SecretId": SECRETS["db/owner"]}
    assert tagging == {"aws:RequestTag/team": "red", "aws:TagKeys": ("team",)}
