"""Counts what is sent to queues, received and deleted."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.patches import patch
from mailroom_localstack.queue_counts import COUNTS


@patch("localstack.services.sqs.provider:SqsProvider._init_cloudwatch_metrics_reporting")
def count_messages(original: Any, provider: Any) -> None:
    """Count messages in memory, until CloudWatch is asked.

    LocalStack: makes one or two calls of CloudWatch for each message, or, as it is set up here,
    counts nothing.

    AWS: has NumberOfMessagesSent, -Received and -Deleted, SentMessageSize, NumberOfEmptyReceives.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html

    Test: tests/parity/test_metrics.py
    test_a_queue_has_what_was_sent_received_and_deleted_as_metrics
    """
    original(provider)
    provider._cloudwatch_dispatcher = COUNTS
