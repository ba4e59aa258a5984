"""The page at which developers request debug sessions: ``/_mailroom/debug``."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from localstack.http import Response
from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.debug.session import DebugRequest
from mailroom_localstack.debug.sessions import DEBUG_SESSIONS

PATH = "/_mailroom/debug"
DEBUGPY_VARIABLE = "LAMBDA_PROCESS_DEBUGPY"


@on_infra_start()
def serve_debug_sessions() -> None:
    """Serve the page if debugpy is installed: POST requests a session, GET lists all sessions,
    DELETE ends one (``?id=``) or all."""
    folder = os.environ.get(DEBUGPY_VARIABLE)
    if not folder or not Path(folder, "debugpy").is_dir():
        return
    from localstack.services.edge import ROUTER

    def serve(request: Any, _arguments: object = None) -> Any:
        if request.method == "DELETE":
            DEBUG_SESSIONS.dismiss(request.args.get("id"))
            return Response(status=204)
        if request.method == "POST":
            return _arm(json.loads(request.get_data()), Path(folder))
        return Response.for_json({"debuggers": DEBUG_SESSIONS.as_json()})

    ROUTER.add(PATH, serve, methods=["GET", "POST", "DELETE"])


def _arm(fields: dict[str, str], debugpy: Path) -> Response:
    try:
        DEBUG_SESSIONS.arm(
            DebugRequest(
                id=fields["id"],
                function=fields["function"],
                containing=fields["containing"],
                port=int(fields["port"]),
                sources=Path(fields["sources"]),
                debugpy=debugpy,
            )
        )
    except OSError as error:
        return Response(error.strerror, status=409)
    return Response(status=204)
