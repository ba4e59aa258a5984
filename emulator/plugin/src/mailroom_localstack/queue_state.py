"""What a queue of LocalStack has, without a message being received."""

from __future__ import annotations

from typing import Any


def queue_state(queue: Any) -> dict[str, Any]:
    """`depth`, `inFlight` and `oldest` of a queue."""
    queue.requeue_inflight_messages()
    in_flight = list(queue.inflight)
    sent = (message.created for message in [*waiting_messages(queue), *in_flight])
    return {
        "depth": queue.approximate_number_of_messages,
        "inFlight": len(in_flight),
        "oldest": min(sent, default=None),
    }


def waiting_messages(queue: Any) -> list[Any]:
    """The messages of a queue that can be received, or wait for others of their group."""
    if hasattr(queue, "visible"):
        return list(queue.visible.queue)
    groups = list(queue.message_groups.values())
    return [message for group in groups for message in list(group.messages)]
