"""What is mended in LocalStack's event source mappings.

LocalStack reads the body of an SQS message as JSON, for its filters, and gives the function what
it writes from that: other white space, other escapes, `1.10` as `1.1`, of a repeated key only
the last, and of a JSON string only its content. Lambda gives the body as it was sent.
See https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller


def mend_event_sources() -> None:
    """Makes event source mappings hand over bodies unaltered; calling it again does nothing."""
    from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller

    if SqsPoller.handle_messages is handle_messages:
        return
    global _handle_messages, _add_source_metadata
    _handle_messages = SqsPoller.handle_messages
    _add_source_metadata = SqsPoller.add_source_metadata
    SqsPoller.handle_messages = handle_messages
    SqsPoller.add_source_metadata = add_source_metadata


def handle_messages(poller: SqsPoller, messages: list[dict[str, Any]]) -> None:
    """Handles messages as before, but notes their bodies. A poller is one thread's."""
    poller.bodies = {message["MessageId"]: message["Body"] for message in messages}
    _handle_messages(poller, messages)


def add_source_metadata(poller: SqsPoller, events: list[dict[str, Any]], *args: Any) -> Any:
    """Completes events when they have passed the filters, and gives them back their bodies."""
    for event in events:
        event["body"] = poller.bodies[event["messageId"]]
    return _add_source_metadata(poller, events, *args)


_handle_messages: Any
_add_source_metadata: Any
