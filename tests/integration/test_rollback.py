"""What is left of a stack whose creation or update fails."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from tests.support.tried import Resources, Tried, body

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

# Its dead-letter queue isn't there; it fails once the queue and the topic are there.
BROKEN: Resources = {
    "Type": "AWS::SQS::Queue",
    "DependsOn": ["Queue", "Topic"],
    "Properties": {
        "RedrivePolicy": {
            "deadLetterTargetArn": {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:none"},
            "maxReceiveCount": 3,
        }
    },
}
TOPIC: Resources = {"Type": "AWS::SNS::Topic"}
WAITING: Resources = {"Type": "AWS::SNS::Topic", "DependsOn": "Broken"}


def queue(seconds: int = 30, name: str | None = None, **other: Any) -> Resources:
    properties = {"VisibilityTimeout": seconds, **({"QueueName": name} if name else {})}
    return {"Type": "AWS::SQS::Queue", "Properties": properties, **other}


@pytest.fixture
def sqs(environment: Environment) -> "SQSClient":
    return environment.session.client("sqs")


def seconds_of(sqs: "SQSClient", url: str) -> str:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    return found["Attributes"]["VisibilityTimeout"]


def test_a_creation_that_fails_deletes_what_it_made_in_reverse_order_and_keeps_its_reasons(
    tried: Tried, sqs: "SQSClient"
) -> None:
    resources = {"Queue": queue(), "Topic": TOPIC, "Broken": BROKEN, "Waiting": WAITING}

    status = tried.execute("CREATE", resources)

    events = tried.events()
    made = [name for name, said in events if said == "CREATE_COMPLETE"]
    deleted = [name for name, said in events if said == "DELETE_COMPLETE"]
    assert status == "ROLLBACK_COMPLETE"
    assert sorted(made) == ["Queue", "Topic"]
    assert deleted == ["Broken", *reversed(made)]
    assert [name for name, said in events if said == "CREATE_FAILED"] == ["Broken"]
    assert ("Stack", "CREATE_FAILED") not in events
    assert "[Broken]" in tried.described()["StackStatusReason"]
    assert tried.made() == {}
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=tried.name)


def test_create_stack_and_update_stack_roll_back_too(tried: Tried, sqs: "SQSClient") -> None:
    broken = {"Queue": queue(60), "Topic": TOPIC, "Broken": BROKEN}

    created = tried.create(broken)
    tried.client.delete_stack(StackName=tried.name)
    again = tried.create({"Queue": queue(30)})
    updated = tried.update(broken)

    assert created == "ROLLBACK_COMPLETE"
    assert again == "CREATE_COMPLETE"
    assert updated == "UPDATE_ROLLBACK_COMPLETE"
    assert seconds_of(sqs, tried.made()["Queue"]) == "30"


def test_the_part_of_a_resource_that_was_made_before_it_failed_is_deleted(
    tried: Tried, environment: Environment
) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    properties = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/does-not-exist"],
    }

    status = tried.create(
        {"Queue": queue(), "Role": {"Type": "AWS::IAM::Role", "Properties": properties}}
    )

    pages = environment.session.client("iam").get_paginator("list_roles").paginate()
    roles = [role["RoleName"] for page in pages for role in page["Roles"]]
    assert status == "ROLLBACK_COMPLETE"
    assert [role for role in roles if role.startswith(tried.name)] == []


def test_a_creation_that_was_rolled_back_can_not_be_updated(tried: Tried) -> None:
    tried.create({"Queue": queue(), "Topic": TOPIC, "Broken": BROKEN})

    for change in (tried.update, lambda resources: tried.execute("UPDATE", resources)):
        with pytest.raises(ClientError, match="ROLLBACK_COMPLETE state and can not be updated"):
            change({"Queue": queue()})


def test_a_resource_of_the_same_name_that_another_caller_made_is_left_alone(
    tried: Tried, sqs: "SQSClient"
) -> None:
    name = f"{tried.name}-taken"
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "7"})["QueueUrl"]

    status = tried.create({"Queue": queue(30, name)})
    tried.client.delete_stack(StackName=tried.name)

    assert status == "ROLLBACK_COMPLETE"
    assert seconds_of(sqs, url) == "7"
    sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize("options", [{"DisableRollback": True}, {"OnFailure": "DO_NOTHING"}])
def test_a_creation_that_is_not_to_be_rolled_back_keeps_what_it_made(
    tried: Tried, sqs: "SQSClient", options: dict[str, Any]
) -> None:
    status = tried.create({"Queue": queue(), "Topic": TOPIC, "Broken": BROKEN}, **options)

    assert status == "CREATE_FAILED"
    assert seconds_of(sqs, tried.made()["Queue"]) == "30"


def test_what_a_template_retains_stays_when_its_creation_is_rolled_back(
    tried: Tried, sqs: "SQSClient"
) -> None:
    kept = queue(DeletionPolicy="Retain")

    status = tried.create({"Queue": kept, "Topic": TOPIC, "Broken": BROKEN})

    [url] = sqs.list_queues(QueueNamePrefix=tried.name)["QueueUrls"]
    assert status == "ROLLBACK_COMPLETE"
    assert ("Queue", "DELETE_SKIPPED") in tried.events()
    sqs.delete_queue(QueueUrl=url)


def test_an_update_that_fails_leaves_all_as_it_was_and_the_next_one_succeeds(
    tried: Tried, sqs: "SQSClient"
) -> None:
    before = {"Queue": queue(30), "Replaced": queue(), "Removed": queue()}
    tried.execute("CREATE", before, Tags=[{"Key": "release", "Value": "1"}])
    known, made = tried.described(), tried.made()
    changed = {"Queue": queue(60), "Replaced": queue(name=f"{tried.name}-new"), "Topic": TOPIC}
    late = {**BROKEN, "DependsOn": ["Queue", "Replaced", "Topic"]}

    status = tried.execute(
        "UPDATE",
        {**changed, "Broken": late},
        Tags=[{"Key": "release", "Value": "2"}],
        Parameters=[{"ParameterKey": "Word", "ParameterValue": "b"}],
    )

    told = tried.described()
    template = tried.client.get_template(StackName=tried.name)["TemplateBody"]
    urls = sqs.list_queues(QueueNamePrefix=tried.name)["QueueUrls"]
    assert status == "UPDATE_ROLLBACK_COMPLETE"
    assert tried.made() == made
    assert sorted(urls) == sorted(made.values())
    assert seconds_of(sqs, made["Queue"]) == "30"
    for name in ("Outputs", "Parameters", "Tags"):
        assert told[name] == known[name]
    assert json.loads(json.dumps(template)) == json.loads(body(before))
    assert tried.execute("UPDATE", changed) == "UPDATE_COMPLETE"
    assert seconds_of(sqs, made["Queue"]) == "60"


def test_a_change_set_leaves_a_stack_that_rolled_its_update_back_in_that_status(
    tried: Tried,
) -> None:
    tried.create({"Queue": queue()})
    tried.update({"Queue": queue(), "Topic": TOPIC, "Broken": BROKEN})

    tried.client.create_change_set(
        StackName=tried.name, ChangeSetName="next", TemplateBody=body({"Queue": queue(60)})
    )

    assert tried.described()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
