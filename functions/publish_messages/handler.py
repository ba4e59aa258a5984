"""The entry point of PublishMessagesFunction."""

from typing import Any

from messages.types import message_types
from publish_messages.request import Request
from publish_messages.service import Service
from publish_messages.settings import Settings
from shared.context import Context, Deadline
from shared.logs import logger

_MARGIN_SECONDS = 3

# Here, because Lambda initialises a function before it invokes it.
message_types()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Any, context: Context) -> dict[str, Any]:
    """Publish the messages of one execution's input.

    Args:
        event: `{"batchId": …, "input": {"messages": […]}}`, or with
            `{"source": {"bucket": …, "key": …}}` as input.
        context: Lambda's context.
    """
    request = Request.parse(event)
    service = Service(
        Settings.from_environment(), Deadline.before_timeout(context, _MARGIN_SECONDS)
    )
    return service.publish(request)
