"""What SQS does by a message's state: visibility, and attempts to receive."""

from __future__ import annotations

import time
from typing import Any

from mailroom_localstack.patches import patch

MODELS = "localstack.services.sqs.models"
ATTEMPT_SECONDS = 300
MOST_HIDDEN_SECONDS = 43_200

type Attempts = dict[str, tuple[float, Any]]


@patch(f"{MODELS}:SqsQueue.update_visibility_timeout")
def refuse_visible_messages(
    original: Any, queue: Any, receipt_handle: str, visibility_timeout: int
) -> None:
    """Refuse to change the visibility timeout of a message that isn't in flight.

    LocalStack: does nothing.

    AWS: answers MessageNotInflight.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html

    Test: tests/parity/test_queue_states.py
    test_the_visibility_of_a_message_that_is_visible_again_is_not_changed
    """
    from localstack.aws.api.sqs import MessageNotInflight

    message = queue.receipts.get(receipt_handle)
    if message is not None and not message.deleted and message not in queue.inflight:
        raise MessageNotInflight("The specified message isn't in flight.")
    original(queue, receipt_handle, visibility_timeout)


@patch(f"{MODELS}:SqsQueue.update_visibility_timeout")
def refuse_longer_than_twelve_hours(
    original: Any, queue: Any, receipt_handle: str, visibility_timeout: int
) -> None:
    """Refuse to hide a message until more than twelve hours after it was received.

    LocalStack: counts twelve hours from each change.

    AWS: counts from the receive, so that 43,200 seconds are too many a second later.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html

    Test: tests/parity/test_queue_states.py
    test_a_message_is_hidden_for_twelve_hours_from_its_receive
    """
    from localstack.services.sqs.exceptions import InvalidParameterValueException

    message = queue.receipts.get(receipt_handle)
    received = message.last_received if message is not None else None
    if received and int(time.time() - received) + visibility_timeout > MOST_HIDDEN_SECONDS:
        raise InvalidParameterValueException(
            f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid. Reason: Total"
            " VisibilityTimeout for the message is beyond the limit"
            f" [{MOST_HIDDEN_SECONDS} seconds]"
        )
    original(queue, receipt_handle, visibility_timeout)


@patch("localstack.services.sqs.provider:SqsProvider.receive_message")
def receive_again(
    original: Any, provider: Any, context: Any, queue_url: str, *args: Any, **named: Any
) -> Any:
    """Give the messages of an attempt to receive to who makes the attempt again.

    LocalStack: ignores the attempt's id.

    AWS: answers with the same messages for five minutes, and hides them anew, unless one of them
    was deleted or is visible again.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html

    Test: tests/parity/test_queue_states.py
    test_an_attempt_to_receive_that_is_made_again_gets_the_same_messages
    """
    attempt = context.service_request.get("ReceiveRequestAttemptId")
    if not attempt or not queue_url.endswith(".fifo"):
        return original(provider, context, queue_url, *args, **named)
    queue = provider._resolve_queue(context, queue_url=queue_url)
    attempts: Attempts = vars(queue).setdefault("mailroom_attempts", {})
    _forget(attempts)
    made = attempts.get(attempt)
    if made is not None:
        handles = [one["ReceiptHandle"] for one in made[1]["Messages"]]
        messages = [queue.receipts.get(handle) for handle in handles]
        if all(one is not None and one in queue.inflight for one in messages):
            for message in messages:
                hidden = context.service_request.get("VisibilityTimeout")
                seconds = message.visibility_timeout if hidden is None else hidden
                message.update_visibility_timeout(seconds)
            return made[1]
        del attempts[attempt]
    answer = original(provider, context, queue_url, *args, **named)
    if answer.get("Messages"):
        attempts[attempt] = (time.monotonic(), answer)
    return answer


def _forget(attempts: Attempts) -> None:
    """Forget attempts that were made too long ago."""
    since = time.monotonic() - ATTEMPT_SECONDS
    for attempt in [one for one, (made, _) in attempts.items() if made < since]:
        del attempts[attempt]
