"""Asks each service whether resources of a deleted stack still exist."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mailroom.aws.resources import Resource

if TYPE_CHECKING:
    import boto3

# For each type a call that fails, or returns None, when the resource doesn't exist.
_PROBES: dict[str, tuple[str, Callable[[Any, str], Any]]] = {
    "AWS::IAM::Role": ("iam", lambda c, i: c.get_role(RoleName=i)),
    "AWS::Lambda::EventSourceMapping": (
        "lambda",
        lambda c, i: c.get_event_source_mapping(UUID=i)["State"] != "Deleting" or None,
    ),
    "AWS::Lambda::Function": ("lambda", lambda c, i: c.get_function(FunctionName=i)),
    "AWS::S3::Bucket": ("s3", lambda c, i: c.head_bucket(Bucket=i)),
    "AWS::SNS::Topic": ("sns", lambda c, i: c.get_topic_attributes(TopicArn=i)),
    "AWS::SNS::Subscription": (
        "sns",
        lambda c, i: c.get_subscription_attributes(SubscriptionArn=i),
    ),
    "AWS::SQS::Queue": (
        "sqs",
        lambda c, i: c.get_queue_attributes(QueueUrl=i, AttributeNames=["QueueArn"]),
    ),
    "AWS::StepFunctions::StateMachine": (
        "stepfunctions",
        lambda c, i: c.describe_state_machine(stateMachineArn=i)["status"] != "DELETING" or None,
    ),
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        lambda c, i: c.describe_secret(SecretId=i).get("DeletedDate") is None or None,
    ),
    "AWS::Logs::LogGroup": (
        "logs",
        lambda c, i: i in _names(c.describe_log_groups(logGroupNamePrefix=i)) or None,
    ),
    "AWS::CloudWatch::Alarm": (
        "cloudwatch",
        lambda c, i: c.describe_alarms(AlarmNames=[i])["MetricAlarms"] or None,
    ),
}
_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "404")


def find_leftovers(session: "boto3.Session", resources: Iterable[Resource]) -> list[Resource]:
    """The resources that still exist, of the types in `_PROBES`."""
    return [one for one in resources if one.type in _PROBES and _is_there(session, one)]


def _is_there(session: Any, resource: Resource) -> bool:
    service, probe = _PROBES[resource.type]
    try:
        return probe(session.client(service), resource.id) is not None
    except ClientError as error:
        if any(sign in error.response["Error"].get("Code", "") for sign in _GONE):
            return False
        raise


def _names(answer: Any) -> list[str]:
    return [group["logGroupName"] for group in answer["logGroups"]]
