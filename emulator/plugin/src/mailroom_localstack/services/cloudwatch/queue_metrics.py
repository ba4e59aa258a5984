"""The metrics of queues, which are taken when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mailroom_localstack.patches import patch
from mailroom_localstack.queue_counts import COUNTS
from mailroom_localstack.queue_state import queue_state

PROVIDER = "localstack.services.cloudwatch.provider_v2:CloudwatchProvider"
NAMESPACE = "AWS/SQS"
# A question about what was before doesn't take a sample.
RECENT = timedelta(seconds=5)

type Dimensions = Iterable[Mapping[str, str]]


@patch(f"{PROVIDER}.get_metric_data")
def sample_queues(
    original: Any,
    provider: Any,
    context: Any,
    metric_data_queries: Any,
    start_time: Any,
    end_time: Any,
    *args: Any,
    **named: Any,
) -> Any:
    """Take a sample of a queue, and what was counted, when its metrics are asked for.

    LocalStack: has no metrics of queues here; its own setting makes a call of CloudWatch for each
    call of SQS.

    AWS: records depth and age of a queue each minute, and counts messages.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html

    Test: tests/parity/test_metrics.py::test_a_queue_has_its_depth_as_a_metric
    """
    for query in metric_data_queries:
        metric = query.get("MetricStat", {}).get("Metric", {})
        if metric.get("Namespace") == NAMESPACE:
            dimensions = metric.get("Dimensions") or []
            _update(provider, context, metric.get("MetricName"), dimensions, end_time)
    return original(provider, context, metric_data_queries, start_time, end_time, *args, **named)


@sample_queues.also(f"{PROVIDER}.get_metric_statistics")
def sample_for_statistics(
    original: Any,
    provider: Any,
    context: Any,
    namespace: str,
    metric_name: str,
    start_time: Any,
    end_time: Any,
    *args: Any,
    **named: Any,
) -> Any:
    """Take it for GetMetricStatistics."""
    if namespace == NAMESPACE:
        _update(provider, context, metric_name, named.get("dimensions") or [], end_time)
    return original(provider, context, namespace, metric_name, start_time, end_time, *args, **named)


def _update(
    provider: Any, context: Any, metric: Any, dimensions: Dimensions, end: datetime
) -> None:
    """Bring the metrics of queues up to date before they are read."""
    _keep_counts(provider, context, metric, dimensions)
    _sample(provider, context, dimensions, end)


def _sample(provider: Any, context: Any, dimensions: Dimensions, end: datetime) -> None:
    from localstack.services.sqs.models import sqs_stores

    now = datetime.now(UTC)
    until = end if end.tzinfo else end.replace(tzinfo=UTC)
    name = _queue_name(dimensions)
    queue = sqs_stores[context.account_id][context.region].queues.get(name)
    if queue is None or until < now - RECENT:
        return
    state = queue_state(queue)
    age = time.time() - state["oldest"] if state["oldest"] is not None else 0
    values = {
        "ApproximateNumberOfMessagesVisible": state["depth"],
        "ApproximateNumberOfMessagesNotVisible": state["inFlight"],
        "ApproximateNumberOfMessagesDelayed": queue.approximate_number_of_messages_delayed,
        "ApproximateAgeOfOldestMessage": int(age),
    }
    # The end itself isn't in what is asked for.
    at = min(now, until) - timedelta(seconds=1)
    data = [
        {
            "MetricName": metric,
            "Value": float(value),
            "Dimensions": list(dimensions),
            "Timestamp": at,
        }
        for metric, value in values.items()
    ]
    provider.cloudwatch_database.add_metric_data(
        context.account_id, context.region, NAMESPACE, data
    )


def _keep_counts(provider: Any, context: Any, metric: str, dimensions: Dimensions) -> None:
    """Hand what was counted of a queue to CloudWatch."""
    where = (context.account_id, context.region)
    data = [
        {
            "MetricName": metric,
            "Dimensions": list(dimensions),
            "Timestamp": datetime.fromtimestamp(found.minute, UTC),
            "Unit": found.unit,
            "StatisticValues": {
                "SampleCount": found.count,
                "Sum": found.sum,
                "Minimum": found.least,
                "Maximum": found.greatest,
            },
        }
        for found in COUNTS.take(*where, _queue_name(dimensions), metric)
    ]
    if data:
        provider.cloudwatch_database.add_metric_data(*where, NAMESPACE, data)


def _queue_name(dimensions: Dimensions) -> str:
    return next((one["Value"] for one in dimensions if one["Name"] == "QueueName"), "")
