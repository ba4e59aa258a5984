"""Adds authorization to LocalStack's request handlers."""

from __future__ import annotations

from typing import Any

from localstack.http import Response
from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.iam.mode import Mode, configured_mode

PATH = "/_mailroom/iam"


@on_infra_start()
def authorize_calls() -> None:
    """Authorize every call, unless `MAILROOM_IAM=off`; `/_mailroom/iam` serves the decisions."""
    mode = configured_mode()
    if mode is Mode.OFF:
        return
    from localstack.aws import handlers
    from localstack.services.edge import ROUTER

    from mailroom_localstack.iam.caller import keep_body
    from mailroom_localstack.iam.decision_log import DecisionLog
    from mailroom_localstack.iam.enforcement import IamHandler
    from mailroom_localstack.iam.service_refusals import answer_for_objects

    log = DecisionLog()

    def serve(request: Any, _arguments: object = None) -> Any:
        """GET returns the decisions, DELETE deletes them."""
        if request.method == "DELETE":
            log.reset()
            return Response(status=204)
        return Response.for_json({"mode": mode.value, **log.as_json()})

    ROUTER.add(PATH, serve, methods=["GET", "DELETE"])
    handlers.preprocess_request.append(keep_body)
    handlers.serve_custom_service_request_handlers.append(IamHandler(mode, log))
    handlers.modify_service_response.append("s3", answer_for_objects)
