"""Reads the queues without receiving messages."""

import time
from dataclasses import dataclass
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import NoAnswer


@dataclass(frozen=True)
class QueueState:
    """One queue.

    Attributes:
        name: Its logical name.
        depth: Messages that can be received.
        in_flight: Messages that were received and not yet deleted.
        oldest_age: Seconds since its oldest message was sent; None when it is empty, and in AWS.
    """

    name: str
    depth: int
    in_flight: int
    oldest_age: float | None


def queue_states(environment: Environment) -> list[QueueState]:
    """The state of every queue: from the emulator in one request, else from SQS in one for each."""
    from mailroom.local_http import get_json

    queues = environment.topology.queues
    try:
        found = get_json(f"{environment.endpoint}/_mailroom/queues")
    except NoAnswer:
        return [QueueState(name, *_counts(environment, name), None) for name in queues]
    now = time.time()
    return [
        QueueState(
            name,
            found[queue.arn]["depth"],
            found[queue.arn]["inFlight"],
            now - found[queue.arn]["oldest"] if found[queue.arn]["oldest"] else None,
        )
        for name, queue in queues.items()
        if queue.arn in found
    ]


def peek(environment: Environment, queue: str) -> list[dict[str, Any]]:
    """A queue's messages, oldest first, none of them received.

    Each has `id`, `sent` (seconds since 1970), `received` (how often), `attributes` and `body`.
    AWS can't do that: there messages must be received.

    Raises:
        Refused: There is no such queue.
        NoAnswer: The emulator is not Mailroom's.
    """
    from mailroom.local_http import get_json

    arn = environment.topology.queue(queue).arn
    found: list[dict[str, Any]] = get_json(
        f"{environment.endpoint}/_mailroom/queues/{arn}/messages", seconds=60
    )
    return found


def queue_depth(environment: Environment, queue: str) -> int:
    """The number of a queue's messages, those in flight included."""
    return sum(_counts(environment, queue))


def _counts(environment: Environment, name: str) -> tuple[int, int]:
    attributes = environment.session.client("sqs").get_queue_attributes(
        QueueUrl=environment.topology.queue(name).url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )["Attributes"]
    return (
        int(attributes["ApproximateNumberOfMessages"]),
        int(attributes["ApproximateNumberOfMessagesNotVisible"]),
    )
