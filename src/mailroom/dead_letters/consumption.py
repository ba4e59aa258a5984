"""Sees that what was sent back is consumed, although no execution waits for it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from mailroom.environments.environment import Environment
from mailroom.errors import MailroomError
from mailroom.invocation import Answer, invoke
from mailroom.waiting import backoff
from mailroom.workflow.queues import queue_depth

_SLICE_SECONDS = 5
TYPES = {"NotificationQueue": "notification", "AlertQueue": "alert"}


def consume(
    environment: Environment,
    queue: str,
    progress: Callable[[int], None] = lambda left: None,
    slice_seconds: int = _SLICE_SECONDS,
) -> None:
    """Wait until a queue is empty; consume it where only executions do.

    Args:
        environment: Where.
        queue: Logical name of a queue that ProcessMessagesFunction reads.
        progress: Told again and again how many messages are left.
        slice_seconds: How long one invocation consumes.

    Raises:
        MailroomError: ProcessMessagesFunction failed; the messages stay in the queue.
    """
    client = environment.session.client("lambda")
    name = environment.outputs["ProcessMessagesFunctionName"]
    variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    for _ in backoff(longest=1):
        left = queue_depth(environment, queue)
        progress(left)
        if not left:
            return
        if variables["CONSUMPTION"] == "workflow":
            limit = int(variables["SETTLEMENT_LIMIT_SECONDS"])
            request = _request(TYPES[queue], limit - slice_seconds)
            _check(invoke(environment.session, name, request))


def _request(kind: str, age_seconds: int) -> dict[str, Any]:
    """Ask for a batch that has no message, and is late in seconds: until then it consumes."""
    started = datetime.now(UTC) - timedelta(seconds=age_seconds)
    return {
        "type": kind,
        "batchId": f"redrive-{uuid.uuid4()}",
        "expected": 1,
        "startedAt": started.isoformat(),
    }


def _check(answer: Answer) -> None:
    if answer.failed:
        raise MailroomError(
            f"what was sent back is not consumed: {answer.error}",
            "it waits in its queue; see: mailroom logs process",
        )
