"""Topics, queues and keys as templates write them: what a rule must find, and what it must not."""

from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER

INLINE = """
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Queue.Arn}]}
  Queue: {Type: AWS::SQS::Queue}
"""
GUARDED = """
Parameters: {Type: {Type: String}}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Queue: {Type: AWS::SQS::Queue}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Topic
      Protocol: sqs
      Endpoint: !GetAtt Queue.Arn
      FilterPolicy: %s
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Statement:
          Effect: Allow
          Principal: {Service: sns.amazonaws.com}
          Action: sqs:SendMessage
          Resource: !GetAtt Queue.Arn
          Condition: {%s: {"aws:SourceArn": !Ref Topic}}
"""
ALIASED = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - {Effect: Allow, Principal: {AWS: "%s"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "kms:*", Resource: "*"}
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/mine, TargetKeyId: !Ref Key}}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {KmsMasterKeyId: %s, VisibilityTimeout: 59}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: pass
      Timeout: 60
      AutoPublishAlias: live
      Policies:
        - Statement:
            - {Effect: Allow, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn}
            - {Effect: Allow, Action: %s, Resource: !GetAtt Key.Arn}
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
"""
KMS = ("kms-consumer", "kms-publisher")


def read(folder: Path, text: str) -> Definitions:
    (folder / "template.yml").write_text(text)
    return read_definitions(folder / "template.yml", folder, folder / "no", folder / "none")


def found(definitions: Definitions, *rules: str) -> set[str]:
    return {rule for rule in rules if list(REGISTER[rule].findings(definitions))}


def test_a_subscription_among_the_topics_own_properties_is_one(tmp_path: Path) -> None:
    definitions = read(tmp_path, INLINE)

    rules = {"subscription-queue-policy", "subscription-dead-letter"}
    assert found(definitions, *rules) == rules


@pytest.mark.parametrize(
    ("operator", "admits"), [("ArnEquals", True), ("StringLike", True), ("ArnNotEquals", False)]
)
def test_a_condition_may_keep_the_topic_out(operator: str, admits: bool, tmp_path: Path) -> None:
    definitions = read(tmp_path, GUARDED % ("{}", operator))

    assert bool(found(definitions, "subscription-queue-policy")) is not admits


@pytest.mark.parametrize(
    ("policy", "faulty"),
    [
        ("""'{"type": ["a"]}'""", False),
        ("""'{"type": "a"}'""", True),
        ("'no JSON'", True),
        ("{type: [!Ref Type]}", False),
        ("{type: !Ref Type}", False),
        ('!Sub \'{"type": ["${Type}"]}\'', False),
        ("{count: [{numeric: ['>', 5, '<', 5]}]}", True),
    ],
)
def test_a_filter_policy_may_be_text_or_unknown(policy: str, faulty: bool, tmp_path: Path) -> None:
    definitions = read(tmp_path, GUARDED % (policy, "ArnEquals"))

    assert bool(found(definitions, "filter-policy")) is faulty


@pytest.mark.parametrize("key", ["!Ref Alias", "alias/mine", "!GetAtt Key.Arn"])
@pytest.mark.parametrize(
    ("owner", "action", "lacking"),
    [
        ("arn:aws:iam::123456789012:root", "kms:*", set()),
        ("arn:aws:iam::123456789012:root", "kms:Encrypt", set(KMS)),
        ("arn:aws:iam::123456789012:root", "kms:Decrypt", {"kms-publisher"}),
        ("arn:aws:iam::123456789012:role/other", "kms:*", set(KMS)),
    ],
)
def test_a_role_uses_a_key_if_the_keys_policy_leaves_that_to_iam(
    key: str, owner: str, action: str, lacking: set[str], tmp_path: Path
) -> None:
    definitions = read(tmp_path, ALIASED % (owner, key, action))

    assert found(definitions, *KMS) == lacking


def test_a_function_consumes_by_its_alias(tmp_path: Path) -> None:
    definitions = read(tmp_path, ALIASED % ("*", "!Ref Key", "kms:*"))

    rules = {"visibility-timeout", "batch-item-failures", "consumer-dead-letter"}
    assert found(definitions, *rules) == rules
