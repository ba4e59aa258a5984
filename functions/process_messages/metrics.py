"""Metrics in embedded format: log lines that CloudWatch Logs makes metrics of.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from collections import Counter

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from process_messages.ingestion import Ingested

NAMESPACE = "Mailroom"
# The most values that one line may have for a metric.
_MOST_VALUES = 100


def record_metrics(queue: str, ingested: Ingested) -> None:
    """Write what a transaction has done: for a queue `Ingested` and `TimeToRow`, `Dead` by reason.

    `TimeToRow` is the milliseconds from when the queue got a message until its row was committed.
    """
    if ingested.stored:
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_dimension("queue", queue)
        metrics.add_metric("Ingested", MetricUnit.Count, len(ingested.stored))
        now = time.time() * 1000
        for received in ingested.stored[:_MOST_VALUES]:
            if received.sent is not None:
                elapsed = max(0.0, now - received.sent)
                metrics.add_metric("TimeToRow", MetricUnit.Milliseconds, round(elapsed))
        metrics.flush_metrics()
    for reason, count in Counter(one.reason for one in ingested.dead_letters).items():
        metrics = EphemeralMetrics(namespace=NAMESPACE)
        metrics.add_dimension("queue", queue)
        metrics.add_dimension("reason", str(reason))
        metrics.add_metric("Dead", MetricUnit.Count, count)
        metrics.flush_metrics()
