"""Event source mappings of queues."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check, patch

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

# Of the batch that a thread processes.
BODIES = threading.local()
WORKER = "localstack.services.lambda_.event_source_mapping.esm_worker:EsmWorker"
POLLER = "localstack.services.lambda_.event_source_mapping.pollers.sqs_poller:SqsPoller"


@patch(f"{POLLER}.handle_messages")
def deliver_bodies_unaltered(original: Any, poller: Any, messages: list[dict[str, Any]]) -> None:
    """Give a function the body of a message as it was sent.

    LocalStack: reads each body as JSON, for its filters, and gives what it writes from that: other
    white space, other escapes, `1.10` as `1.1`, of a repeated key only the last, and of a JSON
    string only its content.

    AWS: gives the body as it was sent.
    https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html

    Test: tests/parity/test_event_sources.py
    test_a_record_has_the_body_as_it_was_sent_and_the_attributes
    """
    BODIES.of = {message["MessageId"]: message["Body"] for message in messages}
    original(poller, messages)


@deliver_bodies_unaltered.also(f"{POLLER}.add_source_metadata")
def restore_bodies(original: Any, poller: Any, events: list[dict[str, Any]], *args: Any) -> Any:
    """Give the events that have passed the filters their bodies back."""
    for event in events:
        event["body"] = BODIES.of[event["messageId"]]
    return original(poller, events, *args)


@check("lambda", "CreateEventSourceMapping")
def refuse_short_visibility_timeout(context: ServiceCall) -> None:
    """Refuse a queue whose visibility timeout is shorter than the function's timeout.

    LocalStack: creates the mapping.

    AWS: answers InvalidParameterValueException.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html

    Test: tests/parity/test_event_sources.py
    test_a_queue_that_hides_messages_for_less_time_than_the_function_has_is_refused
    """
    request = context.service_request
    from mailroom_localstack.iam.execution_roles import function_of

    function = function_of(context, request["FunctionName"])
    queue = _queue(request.get("EventSourceArn") or "")
    if function is None or queue is None:
        return
    visibility, timeout = int(queue.visibility_timeout), int(function.latest().config.timeout)
    if visibility < timeout:
        from localstack.aws.api import CommonServiceException

        raise CommonServiceException(
            "InvalidParameterValueException",
            f"Queue visibility timeout: {visibility} seconds is less than Function timeout:"
            f" {timeout} seconds",
            400,
            True,
        )


def _queue(arn: str) -> Any:
    from localstack.services.sqs.models import sqs_stores

    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "sqs":
        return None
    return sqs_stores[parts[4]][parts[3]].queues.get(parts[5])


@patch(f"{WORKER}.delete")
def delete_without_poll(original: Any, worker: Any) -> None:
    """Delete an event source mapping that is disabled, or that was enabled a moment ago.

    LocalStack: has the poll delete the mapping when it ends. A disabled one has no poll, and a poll
    that begins just then overwrites the state by which its end knows: the mapping is Deleting or
    Enabled for ever, and its queue can't be connected to the function again.

    AWS: deletes it.
    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html

    Test: tests/parity/test_event_sources.py
    test_a_disabled_mapping_is_gone_when_it_was_deleted
    """
    worker.is_deleted = True
    original(worker)
    if not worker.enabled:
        worker.delete_esm_in_store()


@delete_without_poll.also(f"{WORKER}.poller_loop")
def delete_after_poll(original: Any, worker: Any, *args: Any, **options: Any) -> None:
    """Delete the mapping when its poll has ended, whatever state the poll has written."""
    try:
        original(worker, *args, **options)
    finally:
        if getattr(worker, "is_deleted", False):
            worker.delete_esm_in_store()
