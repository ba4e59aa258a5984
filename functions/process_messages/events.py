"""Consumption `events`: ingests the messages that an event source mapping hands over."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from process_messages.processor import Processor
from process_messages.queue import Queue
from process_messages.received import from_event
from shared.context import Context, Deadline
from shared.errors import TransientError
from shared.logs import logger

_FINISH_MARGIN_SECONDS = 3


def ingest(
    event: dict[str, Any], context: Context, queue: Queue, processor: Processor
) -> dict[str, Any]:
    """Process an event's records in one transaction and return those that are to come again.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html

    Raises:
        ConfigurationError: when somebody must mend something first; then all come again.
    """
    batch = [from_event(record) for record in event["Records"]]
    deadline = Deadline.before_timeout(context, _FINISH_MARGIN_SECONDS)
    finished: set[str] = set()
    try:
        processed = processor.process(0, batch, deadline)
        finished = {message.message_id for message in processed.finished}
    except TransientError as error:
        logger.warning("records come again", reason=str(error))
    finally:
        queue.give_back(message for message in batch if message.message_id not in finished)

    def finish(record: SQSRecord) -> None:
        if record.message_id not in finished:
            raise TransientError(f"message {record.message_id} is not finished")

    answer = process_partial_response(
        event=event,
        record_handler=finish,
        processor=BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False),
    )
    return dict(answer)
