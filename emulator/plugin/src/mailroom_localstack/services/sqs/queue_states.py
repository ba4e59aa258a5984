"""The page ``/_mailroom/queues``: the state of every queue at once, for the console.

GetQueueAttributes answers for one queue, and not how old its oldest message is: that would take all
of its messages.
"""

from __future__ import annotations

from typing import Any

from localstack.http import Response
from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.queue_state import queue_state

PATH = "/_mailroom/queues"


@on_infra_start()
def serve_queue_states() -> None:
    """Serve the state of every queue by ARN: `depth`, `inFlight` and `oldest`.

    `depth` and `inFlight` are numbers of messages, `oldest` is when the oldest of both was sent, in
    seconds since 1970, or null.
    """
    from localstack.services.edge import ROUTER

    def serve(_request: object, _arguments: object = None) -> Any:
        from localstack.services.sqs.models import sqs_stores

        return Response.for_json(
            {
                queue.arn: queue_state(queue)
                for _, _, store in sqs_stores.iter_stores()
                for queue in list(store.queues.values())
            }
        )

    ROUTER.add(PATH, serve, methods=["GET"])
