"""IAM: the permissions by which one service reaches another."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.buckets import Buckets
from tests.parity.made.functions import Functions
from tests.parity.made.queues import Queues, values
from tests.parity.made.roles import Roles, allow
from tests.parity.made.topics import Topics

CREATED = ["s3:ObjectCreated:*"]
NOTIFICATIONS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest"
RECORDS = f"{LAMBDA}/dg/invocation-async-retain-records.html"
DEAD_LETTERS = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html"
HANDLER = "def handler(event, context): pass"


def refusal(call: Callable[[], Any]) -> str:
    """The message of the error with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call()
    return str(refused.value.response["Error"]["Message"])


@pytest.mark.behaviour(NOTIFICATIONS)
def test_a_bucket_s_events_go_to_a_queue_that_s3_may_send_to(
    buckets: Buckets, queues: Queues
) -> None:
    bucket = buckets.make()
    closed, opened = queues.make(), queues.make(sender=f"arn:aws:s3:::{bucket}")

    def notify(arn: str) -> str:
        return _notify(buckets, bucket, Queue={"QueueArn": arn, "Events": CREATED})

    assert [notify(closed.arn), notify(opened.arn)] == ["InvalidArgument", ""]


@pytest.mark.behaviour(NOTIFICATIONS)
def test_a_bucket_s_events_go_to_a_topic_that_s3_may_publish_to(
    buckets: Buckets, topics: Topics
) -> None:
    bucket, topic = buckets.make(), topics.make()

    def notify() -> str:
        return _notify(buckets, bucket, Topic={"TopicArn": topic.arn, "Events": CREATED})

    before = notify()
    publish = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [publish]})
    topics.sns.set_topic_attributes(
        TopicArn=topic.arn, AttributeName="Policy", AttributeValue=policy
    )

    assert [before, notify()] == ["InvalidArgument", ""]


@pytest.mark.behaviour(NOTIFICATIONS)
def test_a_bucket_s_events_go_to_a_function_that_s3_may_invoke(
    buckets: Buckets, functions: Functions
) -> None:
    bucket, function = buckets.make(), functions.make(HANDLER)

    def notify() -> str:
        target = {"LambdaFunctionArn": function.arn, "Events": CREATED}
        return _notify(buckets, bucket, LambdaFunction=target)

    before = notify()
    functions.client.add_permission(
        FunctionName=function.name,
        StatementId="bucket",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"arn:aws:s3:::{bucket}",
    )

    assert [before, notify()] == ["InvalidArgument", ""]


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html"
)
def test_a_destination_is_not_validated_where_that_is_to_be_skipped(
    buckets: Buckets, queues: Queues
) -> None:
    bucket, closed = buckets.make(), queues.make()

    to_queue = {"QueueArn": closed.arn, "Events": CREATED}

    assert _notify(buckets, bucket, skip=True, Queue=to_queue) == ""


@pytest.mark.behaviour(f"{LAMBDA}/api/API_DeadLetterConfig.html")
def test_a_dead_letter_target_is_one_that_the_function_s_role_may_send_to(
    functions: Functions, queues: Queues, topics: Topics, roles: Roles
) -> None:
    queue, topic = queues.make(), topics.make()
    sending = roles.make("lambda", allow("sqs:SendMessage", queue.arn))
    settings = {"DeadLetterConfig": {"TargetArn": queue.arn}}
    function = functions.make(HANDLER, Role=sending, **settings)
    other = roles.make("lambda")

    created = refusal(lambda: _create(functions, Role=other, **settings))
    updated = refusal(
        lambda: functions.client.update_function_configuration(
            FunctionName=function.name, DeadLetterConfig={"TargetArn": topic.arn}
        )
    )

    lacks = "The provided execution role does not have permissions to call"
    assert [created, updated] == [f"{lacks} SendMessage on SQS", f"{lacks} Publish on SNS"]


@pytest.mark.behaviour(RECORDS)
def test_a_destination_is_one_that_the_function_s_role_may_send_to(
    functions: Functions, queues: Queues, topics: Topics, roles: Roles
) -> None:
    queue, topic = queues.make(), topics.make()
    role = roles.make("lambda", allow("sqs:SendMessage", queue.arn))
    function = functions.make(HANDLER, Role=role)

    def to(**arns: str) -> Any:
        config = {outcome: {"Destination": arn} for outcome, arn in arns.items()}
        return functions.client.put_function_event_invoke_config(
            FunctionName=function.name, DestinationConfig=config
        )

    to(OnSuccess=queue.arn)
    refused = refusal(lambda: to(OnSuccess=queue.arn, OnFailure=topic.arn))

    assert "does not have permissions to call Publish on" in refused
    assert topic.arn in refused


@pytest.mark.behaviour(DEAD_LETTERS)
def test_an_event_that_a_target_may_not_be_given_goes_to_its_dead_letter_queue(
    endpoint: Endpoint, queues: Queues, topics: Topics, functions: Functions, cleanup: ExitStack
) -> None:
    rule = _Rule(endpoint, cleanup)
    dead_letters = queues.make(sender=rule.arn)
    closed, opened = queues.make(), queues.make(sender=rule.arn)
    topic, function = topics.make(), functions.make(HANDLER)
    refusing = [closed.arn, topic.arn, function.arn]
    rule.send_to(*refusing, opened.arn, dead_letters=dead_letters.arn)

    rule.put({"number": 1})

    messages = dead_letters.collect(3)
    assert json.loads(opened.next()["Body"])["detail"] == {"number": 1}
    assert {json.loads(one["Body"])["detail"]["number"] for one in messages} == {1}
    found = [values(one) for one in messages]
    assert {one["RULE_ARN"] for one in found} == {rule.arn}
    assert {one["ERROR_CODE"] for one in found} == {"NO_PERMISSIONS"}
    assert sorted(one["TARGET_ARN"] for one in found) == sorted(refusing)
    assert all(one["ERROR_MESSAGE"] for one in found)


class _Rule:
    """A rule for the events of a source of its own."""

    def __init__(self, endpoint: Endpoint, cleanup: ExitStack) -> None:
        self._events, self.name = endpoint.client("events"), new_name()
        pattern = json.dumps({"source": [self.name]})
        self.arn = self._events.put_rule(Name=self.name, EventPattern=pattern)["RuleArn"]
        cleanup.callback(self._events.delete_rule, Name=self.name)
        self._cleanup = cleanup

    def send_to(self, *targets: str, dead_letters: str) -> None:
        named = [
            {"Id": str(at), "Arn": arn, "DeadLetterConfig": {"Arn": dead_letters}}
            for at, arn in enumerate(targets)
        ]
        self._events.put_targets(Rule=self.name, Targets=named)
        ids = [str(one["Id"]) for one in named]
        self._cleanup.callback(self._events.remove_targets, Rule=self.name, Ids=ids)

    def put(self, detail: dict[str, Any]) -> None:
        entry = {"Source": self.name, "DetailType": "test", "Detail": json.dumps(detail)}
        self._events.put_events(Entries=[entry])


def _notify(buckets: Buckets, bucket: str, *, skip: bool = False, **configuration: Any) -> str:
    """Set what a bucket notifies; the code of the refusal, or nothing."""
    given = {f"{name}Configurations": [one] for name, one in configuration.items()}
    return code_of(
        lambda: buckets.s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=given, SkipDestinationValidation=skip
        )
    )


def _create(functions: Functions, **settings: Any) -> Any:
    return functions.client.create_function(**functions.settings(HANDLER, **settings))
