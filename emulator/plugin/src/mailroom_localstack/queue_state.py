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


def listed_messages(queue: Any) -> list[dict[str, Any]]:
    """The messages of a queue, oldest first: `id`, `sent`, `received`, `attributes` and `body`.

    `sent` is in seconds since 1970, `received` is how often it was, and `attributes` has the texts
    of the message attributes by name.
    """
    found = [*waiting_messages(queue), *list(queue.inflight), *list(queue.delayed)]
    return [_listed(one) for one in sorted(found, key=lambda one: one.created) if not one.deleted]


def waiting_messages(queue: Any) -> list[Any]:
    """The messages of a queue that can be received, or wait for others of their group."""
    if hasattr(queue, "visible"):
        return list(queue.visible.queue)
    groups = list(queue.message_groups.values())
    return [message for group in groups for message in list(group.messages)]


def _listed(one: Any) -> dict[str, Any]:
    attributes = one.message.get("MessageAttributes") or {}
    return {
        "id": one.message["MessageId"],
        "sent": int(one.message["Attributes"]["SentTimestamp"]) / 1000,
        "received": one.receive_count,
        "attributes": {name: value.get("StringValue") for name, value in attributes.items()},
        "body": one.message["Body"],
    }
