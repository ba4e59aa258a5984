"""What a queue of LocalStack has, without a message being received."""

from __future__ import annotations

from typing import Any


def queue_state(queue: Any) -> dict[str, Any]:
    """`depth`, `inFlight` and `oldest` of a queue."""
    queue.requeue_inflight_messages()
    in_flight = list(queue.inflight)
    if hasattr(queue, "visible"):
        waiting = list(queue.visible.queue)
    else:
        groups = list(queue.message_groups.values())
        waiting = [message for group in groups for message in list(group.messages)]
    sent = (message.created for message in [*waiting, *in_flight])
    return {
        "depth": queue.approximate_number_of_messages,
        "inFlight": len(in_flight),
        "oldest": min(sent, default=None),
    }
