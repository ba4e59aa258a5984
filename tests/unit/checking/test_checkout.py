"""The project's own definitions are clean, and a defect that is put into them is found."""

import shutil
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import load_definitions
from mailroom.checking.rule import REGISTER
from mailroom.checking.rules.functions.connections import opened_connections
from mailroom.checking.run import check
from mailroom.project import Project

CHECKOUT = Path(__file__).parents[3]

LOCAL = "environments/local.toml"
# Rule, file, what is replaced, by what.
DEFECTS = [
    ("visibility-timeout", "template.yml", "VisibilityTimeout: 360", "VisibilityTimeout: 59"),
    ("visibility-margin", "template.yml", "VisibilityTimeout: 360", "VisibilityTimeout: 359"),
    ("max-receive-count-one", "template.yml", "maxReceiveCount: 15", "maxReceiveCount: 1"),
    ("max-receive-count-lambda", "template.yml", "maxReceiveCount: 15", "maxReceiveCount: 4"),
    ("unrouted-message", "template.yml", "type: [alert]", "type: [alerts]"),
    ("unrouted-message", "template.yml", "- exists: false", "- prefix: none"),
    ("filter-policy", "template.yml", "- anything-but:", "- anything-except:"),
    ("subscription-queue-policy", "template.yml", "- !Ref UnroutedQueue\n", "\n"),
    (
        "subscription-queue-policy",
        "template.yml",
        "- !GetAtt SubscriptionDeadLetterQueue.Arn\n            Condition",
        "\n            Condition",
    ),
    ("batch-item-failures", "template.yml", "FunctionResponseTypes: [ReportBatchItemFailures]", ""),
    ("handler-missing", "template.yml", "publish_messages.handler.handler", "publish.handler.main"),
    ("code-permission", "template.yml", "Action: sns:Publish", "Action: sns:PublishBatch"),
    ("code-permission", "template.yml", "- sqs:DeleteMessage", "- sqs:DeleteMessageBatch"),
    ("mapping-permission", "template.yml", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"),
    (
        "vpc-permission",
        "template.yml",
        "- !Sub arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaENIManagementAccess",
        "- !Ref AWS::NoValue",
    ),
    (
        "vpc-needless",
        "template.yml",
        "Handler: publish_messages.handler.handler",
        "Handler: publish_messages.handler.handler\n      VpcConfig: {SubnetIds: [subnet-1]}",
    ),
    ("machine-permission", "template.yml", "- !GetAtt PublishMessagesFunction.Arn\n", "\n"),
    ("machine-permission", "template.yml", "Action: states:StartExecution", "Action: states:Stop*"),
    ("machine-permission", "template.yml", "- s3:PutObject\n", "- s3:PutObjectAcl\n"),
    (
        "role-trust",
        "template.yml",
        "Service: states.amazonaws.com",
        "Service: lambda.amazonaws.com",
    ),
    ("wildcard-resource", "template.yml", "Resource: !Ref DatabaseSecretArn", 'Resource: "*"'),
    (
        "postgres-connections",
        LOCAL,
        "LogRetentionDays = 1",
        "ConsumersPerQueue = 60",
    ),
    ("postgres-connections", "environments/prod.toml", "Concurrency = 150", "Concurrency = 350"),
    ("concurrency-unreserved", "template.yml", "Default: 40", "Default: -1"),
    ("throttle-retry", "asl.json", '"MaxAttempts": 20', '"MaxAttempts": 4'),
    ("outage-patience", "template.yml", "maxReceiveCount: 15", "maxReceiveCount: 10"),
    ("alarm-topic", "environments/prod.toml", 'alarms = "mailroom-prod-alarms"', ""),
    ("environment-parameter", LOCAL, 'Stage = "', 'Stage = "!'),
    ("state-missing-target", "asl.json", '"Next": "BatchSettled"', '"Next": "BatchSetled"'),
    ("state-substitution", "asl.json", "${PublishMessagesFunctionArn}", "${PublishFunctionArn}"),
    ("state-jsonpath", "asl.json", '"$.processed[0]"', '"$.processed[0"'),
    ("choice-default", "asl.json", '"Default": "WaitForAlerts"', '"Comment": "none"'),
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    shutil.copytree(CHECKOUT / "infra", tmp_path / "infra")
    (tmp_path / "functions").symlink_to(CHECKOUT / "functions")
    return Project(tmp_path, tmp_path / ".mailroom")


def test_the_projects_own_definitions_have_no_findings(checkout: Definitions) -> None:
    findings = check(checkout)

    assert [one for one in findings if one.suppressed is None] == []


@pytest.mark.parametrize(
    ("rule", "file", "old", "new"), DEFECTS, ids=[f"{one[0]}-{n}" for n, one in enumerate(DEFECTS)]
)
def test_a_defect_put_into_them_is_found(
    rule: str, file: str, old: str, new: str, project: Project
) -> None:
    broken = project.root / "infra" / file
    text = broken.read_text()
    assert old in text
    broken.write_text(text.replace(old, new, 1))

    findings = list(REGISTER[rule].findings(load_definitions(project)))

    assert f"infra/{file}" in {one.at.file for one in findings}


def test_a_types_own_number_of_consumers_counts_as_connections(project: Project) -> None:
    machine = project.root / "infra" / "asl.json"
    before = load_definitions(project)
    payload = '"startedAt.$": "$.processing.startedAt"'
    machine.write_text(machine.read_text().replace(payload, f'{payload}, "consumers": 7', 1))

    after = load_definitions(project)

    for stack in before.known_stacks:
        reserved = stack.values["ProcessConcurrency"]
        own = int(stack.values["ConsumersPerQueue"])
        counts = [opened_connections(one, stack) for one in (before, after)]
        assert counts[1] - counts[0] == int(reserved) * (7 - own)
