"""What services make of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailroom_rules.actions import Refusal

from mailroom_localstack.batcher import Batcher
from mailroom_localstack.iam.authorizer import Refused
from mailroom_localstack.iam.caller import Caller

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

METRIC_SECONDS = 0.5
SUBSCRIPTION_PARTS = 7

type Undelivered = tuple[str, str, int]


def as_lambda_says(refused: Refused) -> Refusal:
    """A function's code that its caller may not read has a sentence of its own.

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


def count_undelivered(caller: Caller, context: ServiceCall) -> None:
    """Count what SNS could not deliver, as its metrics do.

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
