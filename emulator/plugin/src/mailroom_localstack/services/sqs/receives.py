"""What queues give to receivers, and what they move to dead-letter queues and back."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.current import CURRENT, working
from mailroom_localstack.observation.ring import RING
from mailroom_localstack.patches import patch

MODELS = "localstack.services.sqs.models"


@patch(f"{MODELS}:StandardQueue.receive")
def record_receives(original: Any, queue: Any, *args: Any, **kwargs: Any) -> Any:
    """Record how often each message was received, and what moved to a dead-letter queue.

    LocalStack: answers the count to a receiver that asks for it, and moves messages silently.

    Why: `/_mailroom/events` shows a message's way.

    Test: tests/integration/test_observation.py
    test_a_message_that_is_received_too_often_is_told_as_dead_and_as_redriven
    """
    result = original(queue, *args, **kwargs)
    if CURRENT.moving:
        _record_moved(CURRENT.moving, result.successful)
        return result
    received: list[tuple[str, Any]] = [("", one) for one in result.successful]
    if result.dead_letter_messages:
        to = queue.redrive_policy["deadLetterTargetArn"]
        received += [(to, one) for one in result.dead_letter_messages]
    CURRENT.received = received
    return result


@record_receives.also(f"{MODELS}:FifoQueue.receive")
def record_receives_of_fifo(original: Any, queue: Any, *args: Any, **kwargs: Any) -> Any:
    """Record them of a FIFO queue too."""
    return record_receives.function(original, queue, *args, **kwargs)


@record_receives.also("localstack.services.sqs.provider:MessageMoveTaskManager._run")
def record_moves(original: Any, manager: Any, task: Any) -> None:
    """Record the messages that a move task sends back."""
    with working(moving=task.destination_arn or "source"):
        original(manager, task)


def _record_moved(to: str, messages: list[Any]) -> None:
    moved = [(one.message["MessageId"], one.dead_letter_queue_source_arn) for one in messages]
    for _, source in moved:
        COUNTERS.add("redrive", None, source if to == "source" else to)
    RING.add(
        lambda: [
            {
                "kind": "redrive",
                "message_id": message_id,
                "to": source if to == "source" else to,
            }
            for message_id, source in moved
        ],
        count=len(moved),
    )
