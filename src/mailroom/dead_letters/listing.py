"""Lists the messages in dead-letter queues and in the unrouted queue."""

from collections.abc import Mapping
from typing import Any

from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.dead_letters.receiver import Receiver
from mailroom.environments.environment import Environment
from mailroom.workflow.queues import peek


def list_messages(
    environment: Environment, queues: tuple[str, ...], matches: MessageFilter
) -> list[QueuedMessage]:
    """The messages that match, the oldest first.

    None is received, but in an account: SQS has no list, so they are received there, and are
    visible again when all were.
    """
    if environment.in_account:
        received = (Receiver(environment, queue).receive(matches) for queue in queues)
        every = [message for batches in received for batch in batches for message in batch]
        return sorted(every, key=lambda message: message.sent)
    dead = environment.topology.dead_letter_queues
    found = [
        QueuedMessage(
            queue,
            one["id"],
            one["sent"],
            one["body"],
            texts(one["attributes"]),
            dead=queue in dead,
        )
        for queue in queues
        for one in peek(environment, queue)
    ]
    return sorted(filter(matches, found), key=lambda message: message.sent)


def texts(attributes: Mapping[str, str | None]) -> dict[str, Any]:
    """Message attributes of type String, in the shape of SQS."""
    return {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }
