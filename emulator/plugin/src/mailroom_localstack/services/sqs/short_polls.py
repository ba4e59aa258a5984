"""Short polls that look at a part of a queue, when asked to.

SQS keeps a queue on many servers, and a short poll (WaitTimeSeconds is 0) asks a sample of them: it
may come back empty from a queue that has messages. A long poll asks all. LocalStack always has all.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
"""

from __future__ import annotations

import heapq
import os
import random
from typing import Any

from localstack.runtime.hooks import on_infra_start

# Of a queue's messages, the share that a short poll may see: 0 to 1. The tests set it.
SHARE = "MAILROOM_SHORT_POLL_SHARE"


@on_infra_start(should_load=lambda: bool(os.environ.get(SHARE)))
def sample_short_polls() -> None:
    """Let each short poll of a standard queue see a random part of it."""
    from localstack.services.sqs.models import StandardQueue
    from localstack.utils.patch import patch

    share = float(os.environ[SHARE])

    @patch(StandardQueue.receive)
    def receive(
        fn: Any,
        self: Any,
        number: int = 1,
        wait_seconds: int | None = None,
        *more: Any,
        **named: Any,
    ) -> Any:
        if wait_seconds:
            return fn(self, number, wait_seconds, *more, **named)
        hidden = _take_out(self.visible, 1 - share)
        try:
            return fn(self, number, wait_seconds, *more, **named)
        finally:
            for message in hidden:
                self.visible.put_nowait(message)


def _take_out(visible: Any, share: float) -> list[Any]:
    """Take a random share of a queue's visible messages out of it."""
    with visible.mutex:
        hidden = [message for message in visible.queue if random.random() < share]
        ids = {id(message) for message in hidden}
        visible.queue[:] = [message for message in visible.queue if id(message) not in ids]
        heapq.heapify(visible.queue)
    return hidden
