"""What services do when a call is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mailroom_rules.actions import Refusal

from mailroom_localstack.batcher import Batcher
from mailroom_localstack.iam.authorizer import Refused
from mailroom_localstack.iam.caller import Caller

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

    from mailroom_localstack.service_call import ServiceCall

METRIC_SECONDS = 0.5
SUBSCRIPTION_PARTS = 7
# The attribute of a request's context that has the keys that S3 refuses to delete.
OBJECTS = "mailroom_refused_objects"

type Undelivered = tuple[str, str, int]


def as_lambda_says(refused: Refused) -> Refusal:
    """Lambda's error for code that its caller may not read.

    Reported in public, as in aws/aws-sam-cli#2926 and serverless/serverless#6263.
    """
    if not refused.action.startswith("s3:"):
        return refused.refusal
    path = refused.resource.rpartition(":")[2]
    message = (
        "Your access has been denied by S3, please make sure your request credentials have"
        f" permission to GetObject for {path}. S3 Error Code: AccessDenied."
        f" S3 Error Message: {refused.refusal.message}"
    )
    return Refusal("AccessDeniedException", 403, message)


def refuse_objects(context: ServiceCall, refused: Sequence[Refused]) -> None:
    """Remove refused keys from a DeleteObjects request; `answer_for_objects` reports them.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    """
    messages = {one.resource.partition("/")[2]: one.refusal.message for one in refused}
    objects = context.service_request["Delete"]["Objects"]
    context.service_request["Delete"]["Objects"] = [
        entry for entry in objects if entry["Key"] not in messages
    ]
    setattr(context, OBJECTS, messages)


def answer_for_objects(chain: object, context: RequestContext, response: Any) -> None:
    """Add the refused keys to S3's answer."""
    messages = getattr(context, OBJECTS, None)
    if not messages or context.service_response is None:
        return
    from localstack.aws.protocol.serializer import create_serializer

    errors = [
        {"Key": key, "Code": "AccessDenied", "Message": message}
        for key, message in messages.items()
    ]
    answer = context.service_response
    answer["Errors"] = [*(answer.get("Errors") or []), *errors]
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_to_response(
            answer, context.operation, context.request.headers, context.request_id
        )
    )


def count_undelivered(caller: Caller, context: ServiceCall) -> None:
    """Count the messages that SNS could not deliver, in its metrics.

    https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
    """
    if caller.principal.name != "sns.amazonaws.com" or not caller.source:
        return
    told = context.internal_request_params["source_arn"]
    redriven = len(told.split(":")) == SUBSCRIPTION_PARTS
    metric = (
        "NumberOfNotificationsFailedToRedriveToDlq" if redriven else "NumberOfNotificationsFailed"
    )
    entries = context.service_request.get("Entries")
    _metrics.add((caller.source, metric, len(entries) if entries else 1))


def _publish(batch: list[Undelivered]) -> None:
    from localstack.aws.connect import connect_to
    from localstack.utils.bootstrap import is_api_enabled

    if not is_api_enabled("cloudwatch"):
        return
    for topic, metric, count in batch:
        _, _, _, region, account, name = topic.split(":")
        client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
        datum = {
            "MetricName": metric,
            "Dimensions": [{"Name": "TopicName", "Value": name}],
            "Timestamp": datetime.now(UTC),
            "Value": count,
            "Unit": "Count",
        }
        client.put_metric_data(Namespace="AWS/SNS", MetricData=[datum])


_metrics: Batcher[Undelivered] = Batcher(_publish, METRIC_SECONDS)
