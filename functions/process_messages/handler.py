"""The entry point of ProcessMessagesFunction."""

from typing import Any

from messages.types import message_types
from process_messages.request import parse
from process_messages.service import service
from process_messages.settings import Settings
from shared.context import Context
from shared.logs import logger

# Here, because Lambda initialises a function before it invokes it.
message_types()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Any, context: Context) -> dict[str, Any]:
    """Consume a queue until a batch is settled, or ingest the messages of an SQS event.

    Args:
        event: `{"type": …, "batchId": …, "expected": n, "startedAt": …}` from the state machine,
            or `{"Records": […]}` from an event source mapping.
        context: Lambda's context.
    """
    request = parse(event)
    answer: dict[str, Any] = service(Settings.from_environment()).answer(request, context)
    return answer
