"""Processes a batch of received messages: ingests, records dead letters, sends them.

What was done is logged as metrics in embedded format, lines that CloudWatch Logs makes metrics of:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from process_messages.database import Database
from process_messages.dead_letters import DeadLetterSender
from process_messages.ingestion import Ingested, Ingestion
from process_messages.queue import Queue
from process_messages.reading import read
from process_messages.received import Received, from_event
from shared.context import Context, Deadline
from shared.errors import TransientError
from shared.logs import logger

_FINISH_MARGIN_SECONDS = 3
NAMESPACE = "Mailroom"
# The most values that one line may have for a metric.
_MOST_VALUES = 100


@dataclass(frozen=True)
class Processed:
    """The messages that may be deleted, and how many each batch has settled by them."""

    finished: list[Received]
    newly_settled: Counter[str]


class Processor:
    """Processes the messages of one queue."""

    def __init__(
        self,
        message_type: str,
        queue: str,
        database: Database,
        ingestion: Ingestion,
        sender: DeadLetterSender,
    ) -> None:
        self._queue = queue
        self._message_type = message_type
        self._database = database
        self._ingestion = ingestion
        self._sender = sender

    def process(self, slot: int, batch: list[Received], deadline: Deadline) -> Processed:
        """Ingest the valid messages, send the others as dead letters, return those finished.

        Raises:
            TransientError: when messages are not finished; a retry may succeed.
            ConfigurationError: when no retry succeeds before the configuration is corrected.
        """
        entries, dead_letters = read(batch, self._message_type)
        ingested = self._database.run(
            slot,
            deadline,
            lambda connection: self._ingestion.ingest(connection, entries, dead_letters),
        )
        record_metrics(self._queue, ingested)
        left = {letter.received.message_id for letter in ingested.dead_letters}
        left |= {received.message_id for received in ingested.later}
        finished = [received for received in batch if received.message_id not in left]
        if ingested.dead_letters:
            for letter in ingested.dead_letters:
                logger.warning(
                    "dead letter",
                    message_id=letter.received.message_id,
                    reason=letter.reason,
                    detail=letter.detail,
                )
            finished += self._database.run(
                slot,
                deadline,
                lambda connection: self._sender.send(connection, ingested.dead_letters),
            )
        return Processed(finished, ingested.newly_settled)


def process_event(
    event: dict[str, Any], context: Context, queue: Queue, processor: Processor
) -> dict[str, Any]:
    """Process the records of an SQS event; the answer names those that are not finished.

    Consumption `events`. Lambda deletes the records that the answer doesn't name:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    Raises:
        ConfigurationError: when no retry succeeds before the configuration is corrected; Lambda
            then deletes no record.
    """
    batch = [from_event(record) for record in event["Records"]]
    deadline = Deadline.before_timeout(context, _FINISH_MARGIN_SECONDS)
    left = batch
    try:
        processed = processor.process(0, batch, deadline)
        finished = {message.message_id for message in processed.finished}
        left = [message for message in batch if message.message_id not in finished]
    except TransientError as error:
        logger.warning("records will be delivered again", reason=str(error))
    finally:
        queue.make_visible(left)
    return {"batchItemFailures": [{"itemIdentifier": message.message_id} for message in left]}


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
