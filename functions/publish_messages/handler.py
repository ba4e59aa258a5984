"""The entry point of PublishMessagesFunction."""

from typing import Any

from messages.types import message_types
from publish_messages.request import Request
from publish_messages.service import Service
from publish_messages.settings import Settings
from shared.context import Context, Deadline
from shared.logs import logger

# One call of SNS that gets no answer takes 18 s: connecting, and reading.
_MARGIN_SECONDS = 20

# Here, because Lambda initialises a function before it invokes it.
message_types()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Any, context: Context) -> dict[str, Any]:
    """Publish the messages of one execution's input.

    Args:
        event: `{"batchId": …, "input": {"messages": […]}}`, or with
            `{"source": {"bucket": …, "key": …}}` as input; with `"from"`, what an earlier
            invocation's answer has as `next`, it goes on from there. Of a batch in chunks first
            `{"source": {"bucket": …, "prefix": …}}` as input, then for each chunk
            `{"batchId": …, "bucket": …, "chunk": …, "publish": …}`, where `chunk` is an item of the
            manifest; if one fails, `{"batchId": …, "failure": {"bucket": …, "problems": …,
            "error": …}}`.
        context: Lambda's context.
    """
    request = Request.parse(event)
    service = Service(
        Settings.from_environment(), Deadline.before_timeout(context, _MARGIN_SECONDS)
    )
    return service.publish(request)
