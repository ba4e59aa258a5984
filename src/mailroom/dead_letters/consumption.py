"""Has redriven messages consumed, which no execution waits for."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.invocation import invoke
from mailroom.waiting import backoff
from mailroom.workflow.queues import queue_depth
from mailroom.workflow.unconsumed import consumer_variables

_INVOCATION_SECONDS = 5


def consume(
    environment: Environment,
    queue: str,
    progress: Callable[[int], None] = lambda left: None,
    seconds: int = _INVOCATION_SECONDS,
) -> None:
    """Wait until a queue is empty. With consumption `workflow`, invoke the function that reads it.

    Another application than the message workflow reads its queues itself.

    Args:
        environment: The environment of the queue.
        queue: Logical name of a queue of one message type.
        progress: Called with the number of messages left.
        seconds: How long one invocation consumes.

    Raises:
        MailroomError: ProcessMessagesFunction failed; the messages stay in the queue.
    """
    if not environment.is_workflow:
        return
    name = environment.outputs["ProcessMessagesFunctionName"]
    variables = consumer_variables(environment)
    for _ in backoff(longest=1):
        left = queue_depth(environment, queue)
        progress(left)
        if not left:
            return
        if variables["CONSUMPTION"] != "workflow":
            continue
        message_type = environment.topology.type_of(queue)
        answer = invoke(environment.session, name, _request(message_type, seconds))
        if answer.failed:
            raise MailroomError(
                f"messages that were sent back are not consumed: {answer.error}",
                "they wait in their queue; see: mailroom logs process",
            )


def _request(message_type: str | None, seconds: int) -> dict[str, Any]:
    """A request to settle a batch without messages: the function consumes until it is overdue."""
    return {
        "type": message_type,
        "batchId": f"redrive-{uuid.uuid4()}",
        "expected": 1,
        "startedAt": datetime.now(UTC).isoformat(),
        "limitSeconds": seconds,
    }
