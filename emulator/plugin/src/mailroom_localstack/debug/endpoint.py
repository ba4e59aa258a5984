"""Where people ask for a debugger: ``/_mailroom/debug``."""

from __future__ import annotations

import json
import os
from pathlib import Path

from localstack.http import Request, Response
from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.debug.session import Wish
from mailroom_localstack.debug.sessions import DEBUGGERS

PATH = "/_mailroom/debug"
DEBUGPY_VARIABLE = "LAMBDA_PROCESS_DEBUGPY"


@on_infra_start()
def serve_debuggers() -> None:
    """Serve it where there is debugpy: POST arms, GET tells what became of whom, DELETE dismisses
    one (``?id=``) or all."""
    folder = os.environ.get(DEBUGPY_VARIABLE)
    if not folder or not Path(folder, "debugpy").is_dir():
        return
    from localstack.services.edge import ROUTER

    def serve(request: Request) -> Response:
        if request.method == "DELETE":
            DEBUGGERS.dismiss(request.args.get("id"))
            return Response(status=204)
        if request.method == "POST":
            return _arm(json.loads(request.get_data()), Path(folder))
        return Response.for_json({"debuggers": DEBUGGERS.as_json()})

    ROUTER.add(PATH, serve, methods=["GET", "POST", "DELETE"])


def _arm(wish: dict[str, str], debugpy: Path) -> Response:
    try:
        DEBUGGERS.arm(
            Wish(
                id=wish["id"],
                function=wish["function"],
                containing=wish["containing"],
                port=int(wish["port"]),
                sources=Path(wish["sources"]),
                debugpy=debugpy,
            )
        )
    except OSError as error:
        return Response(error.strerror, status=409)
    return Response(status=204)
