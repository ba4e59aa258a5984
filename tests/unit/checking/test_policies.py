"""Policies as people write them: what a rule must not find, and what it must."""

from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER

QUEUE = """
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Queue: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:*", Resource: "*",
             Condition: {ArnLike: {"aws:SourceArn": !Ref Topic}}}
          - {Effect: Deny, Principal: "*", Action: "sqs:*", Resource: !GetAtt Queue.Arn%s}
"""
ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: policy
          PolicyDocument:
            Statement: {Effect: Allow, Action: "%s", Resource: !Sub "%s"}
"""


def read(folder: Path, text: str) -> Definitions:
    (folder / "template.yml").write_text(text)
    return read_definitions(folder / "template.yml", folder, folder / "no", folder / "none")


@pytest.mark.parametrize(
    ("condition", "found"),
    [(', Condition: {Bool: {"aws:SecureTransport": "false"}}', False), ("", True)],
)
def test_a_denial_with_a_condition_leaves_sns_alone(
    condition: str, found: bool, tmp_path: Path
) -> None:
    definitions = read(tmp_path, QUEUE % condition)

    findings = list(REGISTER["subscription-queue-policy"].findings(definitions))

    assert bool(findings) is found


@pytest.mark.parametrize(
    ("action", "resource", "found"),
    [
        ("sqs:SendMessage", "*", True),
        ("sqs:SendMessage", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*", True),
        (
            "sqs:SendMessage",
            "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:q-*",
            False,
        ),
        ("s3:GetObject", "arn:aws:s3:::bucket/batches/*", False),
        ("xray:PutTraceSegments", "*", False),
        ("ec2:CreateNetworkInterface", "*", False),
    ],
)
def test_a_resource_is_wide_when_it_names_none(
    action: str, resource: str, found: bool, tmp_path: Path
) -> None:
    definitions = read(tmp_path, ROLE % (action, resource))

    findings = list(REGISTER["wildcard-resource"].findings(definitions))

    assert bool(findings) is found


def test_a_policy_beside_the_template_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "template.yml").write_text("Resources: {Queue: {Type: AWS::SQS::Queue}}")
    deployer = """{
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": "sqs:CreateQueue", "Resource": "arn:aws:sqs:*:*:shop-*"},
        {"Effect": "Allow", "Action": "sns:Unsubscribe", "Resource": "arn:aws:sns:*:*:shop-*"}
      ]
    }"""
    (tmp_path / "deployer.json").write_text(deployer)
    definitions = read_definitions(tmp_path / "template.yml", tmp_path, tmp_path, tmp_path)

    (finding,) = REGISTER["action-resource"].findings(definitions)

    assert str(finding.at) == "deployer.json:5"
    assert "sns:Unsubscribe on arn:aws:sns:*:*:shop-*" in finding.message
