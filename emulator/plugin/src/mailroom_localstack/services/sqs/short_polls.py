"""Short polls that see a part of a queue, for tests."""

from __future__ import annotations

import heapq
import os
import random
from typing import Any

from mailroom_localstack.patches import patch

# The share of a queue's messages that a short poll may see: 0 to 1. Tests set it.
SHARE_VARIABLE = "MAILROOM_SHORT_POLL_SHARE"


@patch("localstack.services.sqs.models:StandardQueue.receive")
def sample_short_polls(
    original: Any,
    queue: Any,
    num_messages: int = 1,
    wait_time_seconds: int | None = None,
    *args: Any,
    **kw: Any,
) -> Any:
    """Let a short poll see a random part of a standard queue, if a variable sets its share.

    LocalStack: has all messages of a queue.

    AWS: keeps a queue on many servers; a short poll asks some of them, and a long poll asks all.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html

    Test: tests/integration/test_short_polls.py
    test_a_message_that_short_polls_miss_is_received_at_the_first_attempt
    """
    share = os.environ.get(SHARE_VARIABLE)
    if wait_time_seconds or not share:
        return original(queue, num_messages, wait_time_seconds, *args, **kw)
    hidden = _take_out(queue.visible, 1 - float(share))
    try:
        return original(queue, num_messages, wait_time_seconds, *args, **kw)
    finally:
        for message in hidden:
            queue.visible.put_nowait(message)


def _take_out(visible: Any, share: float) -> list[Any]:
    """Take a random share of a queue's visible messages out of it."""
    with visible.mutex:
        hidden = [message for message in visible.queue if random.random() < share]
        ids = {id(message) for message in hidden}
        visible.queue[:] = [message for message in visible.queue if id(message) not in ids]
        heapq.heapify(visible.queue)
    return hidden
