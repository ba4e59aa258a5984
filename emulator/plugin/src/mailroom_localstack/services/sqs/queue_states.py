"""What queues have, none of it received: their states at once, and the messages of one.

GetQueueAttributes answers for one queue, and not how old its oldest message is: that would take all
of its messages. LocalStack's own list of messages, ``/_aws/sqs/messages``, takes half a millisecond
for each, as it makes XML of them first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localstack.http import Response
from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.queue_state import listed_messages, queue_state

STATES = "/_mailroom/queues"
MESSAGES = "/_mailroom/queues/<arn>/messages"


@on_infra_start()
def serve_queue_states() -> None:
    """Serve the state of every queue by ARN, and the messages of the queue that has an ARN.

    A state is `depth` and `inFlight`, numbers of messages, and `oldest`, when the oldest of both
    was sent, in seconds since 1970, or null. For messages see `listed_messages`.
    """
    from localstack.services.edge import ROUTER

    def states(_request: object, _arguments: object = None) -> Any:
        return Response.for_json({queue.arn: queue_state(queue) for queue in _queues()})

    def messages(_request: object, arn: str) -> Any:
        found = next((queue for queue in _queues() if queue.arn == arn), None)
        return Response.for_json(listed_messages(found)) if found else Response(status=404)

    ROUTER.add(STATES, states, methods=["GET"])
    ROUTER.add(MESSAGES, messages, methods=["GET"])


def _queues() -> Iterator[Any]:
    from localstack.services.sqs.models import sqs_stores

    for _, _, store in sqs_stores.iter_stores():
        yield from list(store.queues.values())
