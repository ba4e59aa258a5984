"""The pages `/_mailroom/events` and `/_mailroom/counters`, and the handlers that record calls."""

from __future__ import annotations

import os
from typing import Any

from localstack.http import Response
from localstack.runtime.hooks import on_infra_shutdown, on_infra_start

EVENTS, COUNTS = "/_mailroom/events", "/_mailroom/counters"
# For the benchmark that measures what recording costs.
VARIABLE = "MAILROOM_OBSERVATION"
OFF = "off"
# Before the hooks of `iam`, so that a call's time begins before it is authorized.
BEFORE_IAM = 10


def is_on() -> bool:
    """Whether anything is recorded."""
    return os.environ.get(VARIABLE) != OFF


@on_infra_start(priority=BEFORE_IAM)
def observe() -> None:
    """Record calls, and serve what was recorded, unless `MAILROOM_OBSERVATION=off`."""
    if not is_on():
        return
    from localstack.aws import handlers
    from localstack.services.edge import ROUTER

    from mailroom_localstack.observation.calls import begin, end
    from mailroom_localstack.observation.counters import COUNTERS
    from mailroom_localstack.observation.otlp import export_spans
    from mailroom_localstack.observation.ring import RING

    def events(request: Any, _arguments: object = None) -> Any:
        asked = request.args
        try:
            after, wait = int(asked.get("after", 0)), float(asked.get("wait", 0))
        except ValueError:
            return Response("after and wait are numbers", status=400)
        text = RING.after(after, wait, asked.getlist("containing"))
        return Response(text, mimetype="application/json")

    def counters(request: Any, _arguments: object = None) -> Any:
        return Response.for_json({"epoch": RING.epoch, **COUNTERS.as_json()})

    export_spans()
    ROUTER.add(EVENTS, events, methods=["GET"])
    ROUTER.add(COUNTS, counters, methods=["GET"])
    handlers.serve_custom_service_request_handlers.append(begin)
    handlers.run_custom_response_handlers.append(end)


@on_infra_shutdown()
def answer_waiting() -> None:
    """Answer who waits for an event, or LocalStack would wait for them."""
    from mailroom_localstack.observation.ring import RING

    RING.close()
