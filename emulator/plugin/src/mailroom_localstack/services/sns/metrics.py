"""Metrics of topics."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.sns.provider:SnsProvider"


@patch(f"{PROVIDER}.publish")
def record_published(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Record how many messages are published to a topic.

    LocalStack: records nothing.

    AWS: records NumberOfMessagesPublished, and more.
    https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html

    Test: tests/parity/test_metrics.py::test_a_topic_has_its_messages_as_a_metric
    """
    answer = original(provider, context, *args, **named)
    _record(context, 1)
    return answer


@record_published.also(f"{PROVIDER}.publish_batch")
def record_batches(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Record those of a batch."""
    answer = original(provider, context, *args, **named)
    _record(context, len(answer.get("Successful", ())))
    return answer


def _record(context: Any, count: int) -> None:
    request = context.service_request
    arn = request.get("TopicArn") or request.get("TargetArn") or ""
    if count and arn:
        topic = {"TopicName": arn.rpartition(":")[2]}
        where = (context.account_id, context.region, "AWS/SNS")
        record(*where, "NumberOfMessagesPublished", count, topic)
