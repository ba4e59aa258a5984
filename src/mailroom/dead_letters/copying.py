"""Copies messages: to a file before they are deleted, or to another environment's queue."""

import json
from pathlib import Path

from mailroom.dead_letters.listing import list_messages, texts
from mailroom.dead_letters.queued_messages import MessageFilter, QueuedMessage
from mailroom.dead_letters.receiver import Receiver
from mailroom.environments.environment import Environment


def purge(
    environment: Environment, queues: tuple[str, ...], matches: MessageFilter, export: Path
) -> int:
    """Write messages to a file, then delete them; only those that were written are deleted.

    Args:
        environment: The environment of the queues.
        queues: Logical names.
        matches: The messages.
        export: JSON Lines file; one line for each message is appended.

    Returns:
        How many were deleted.
    """
    count = 0
    with export.open("a", encoding="utf-8") as file:
        for queue in queues:
            receiver = Receiver(environment, queue)
            for messages in receiver.receive(matches):
                for message in messages:
                    file.write(json.dumps(message.document()) + "\n")
                file.flush()
                receiver.delete(messages)
                count += len(messages)
    return count


def read_export(file: Path) -> list[QueuedMessage] | None:
    """The messages of a file that `purge` wrote; None if it is another file."""
    found = []
    try:
        for line in file.read_text().splitlines():
            one = json.loads(line)
            attributes = texts({k: v for k, v in one["attributes"].items() if v is not None})
            found.append(QueuedMessage(one["queue"], one["id"], 0, one["body"], attributes))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found or None


def pull(source: Environment, local: Environment, queue: str, matches: MessageFilter) -> int:
    """Copy messages with their attributes to the same queue of a local environment.

    They stay in their own queue. A message whose body the local queue has is not copied again.

    Args:
        source: The environment of the messages. They are received: their receive count rises.
        local: A local environment.
        queue: Logical name of the queue in both.
        matches: The messages.

    Returns:
        How many were copied.
    """
    client, url = local.session.client("sqs"), local.topology.queue(queue).url
    # LocalStack's endpoint that lists messages strips white space from bodies.
    known = {one.body.strip() for one in list_messages(local, (queue,), MessageFilter())}
    count = 0
    for messages in Receiver(source, queue).receive(matches):
        for message in messages:
            if message.body.strip() not in known:
                client.send_message(
                    QueueUrl=url, MessageBody=message.body, MessageAttributes=message.attributes
                )
                known.add(message.body.strip())
                count += 1
    return count
