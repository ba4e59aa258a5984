"""The console as a Starlette application: the routes of all pages, and what errors become."""

from collections.abc import Callable
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from mailroom.aws.error_translation import translate
from mailroom.console.console import Console
from mailroom.console.live import Fragments, changes
from mailroom.console.page import Change, Document, Page, Visit, as_json
from mailroom.console.pages import (
    activity_pages,
    batch_pages,
    dead_letter_pages,
    find_pages,
    flow_pages,
    message_pages,
    node_pages,
    queue_pages,
    send_pages,
)
from mailroom.console.rendering import render
from mailroom.console.safety import Safety, is_token
from mailroom.errors import MailroomError, NotUp, Refused

PAGES: tuple[Page, ...] = (
    *flow_pages.PAGES,
    *node_pages.PAGES,
    *batch_pages.PAGES,
    *find_pages.PAGES,
    *message_pages.PAGES,
    *queue_pages.PAGES,
    *dead_letter_pages.PAGES,
    *send_pages.PAGES,
    *activity_pages.PAGES,
)
CHANGES: tuple[Change, ...] = (*dead_letter_pages.CHANGES, *send_pages.CHANGES)
# A pasted batch may be this large, in bytes.
_LARGEST_FIELD = 64 * 1024 * 1024


def application(console: Console) -> Starlette:
    """The application of a console."""
    answers = _Answers(console)
    static = StaticFiles(directory=str(files("mailroom.console") / "static"))
    routes = [
        Route("/", lambda request: RedirectResponse("/flow")),
        Route("/health", lambda request: JSONResponse({"mailroom": version("mailroom")})),
        Mount("/static", static),
        *(Route(one.path, answers.change(one), methods=["POST"]) for one in CHANGES),
        *(route for one in PAGES for route in answers.routes(one)),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Safety, port=console.port)])


class _Answers:
    """Makes answers of pages and changes."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def routes(self, page: Page) -> list[Route]:
        found = [Route(f"{page.path}.json", self._json(page))]
        found += [Route(page.path, self._html(page))] if page.template else []
        return [Route(f"{page.path}.live", self._live(page)), *found] if page.live else found

    def change(self, change: Change) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            async with request.form(max_part_size=_LARGEST_FIELD) as form:
                visit = Visit(self._console, request.path_params, request.query_params, form)
                if not is_token(visit.text("token"), self._console.token):
                    return PlainTextResponse("the token is not this console's: reload", 403)
                return await run_in_threadpool(made, visit)

        def made(visit: Visit) -> Response:
            try:
                self._console.source.require_writable()
                answer = change.make(visit)
                if isinstance(answer, Response):
                    return answer
                shared = self._shared(change.path)
                html, _ = render(answer.template, shared, answer.document)
                return HTMLResponse(html, answer.status)
            except Exception as error:
                return self._failed(error, change.path)

        return answer

    def _html(self, page: Page) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            shared = self._shared_of(request, page)
            try:
                document = page.read(self._visit(request))
                return HTMLResponse(render(page.template, shared, document)[0])
            except Exception as error:
                return self._failed(error, request.url.path, shared["live_at"])

        return answer

    def _json(self, page: Page) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                content = as_json(page.read(self._visit(request)))
                return Response(content, media_type="application/json")
            except Exception as error:
                known = self._explained(error)
                document = {"error": str(known), "hint": known.hint}
                return JSONResponse(document, _status(known))

        return answer

    def _live(self, page: Page) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            async def read() -> Fragments:
                return await run_in_threadpool(self._fragments, page, request)

            return StreamingResponse(changes(read, page.interval), media_type="text/event-stream")

        return answer

    def _fragments(self, page: Page, request: Request) -> Fragments:
        try:
            document = page.read(self._visit(request))
            found = render(page.template, self._shared_of(request, page), document)[1]
            # A page that came while the environment was down has no block but this one.
            return {"trouble": "", **found}
        except Exception as error:
            known = self._explained(error)
            return {"trouble": render("trouble.html", {}, {"error": known})[0]}

    def _failed(self, error: Exception, path: str, live_at: str = "") -> Response:
        known = self._explained(error)
        shared = self._shared(path, live_at=live_at)
        html, _ = render("error.html", shared, {"error": known})
        return HTMLResponse(html, _status(known))

    def _explained(self, error: Exception) -> MailroomError:
        known = translate(error)
        if known is None:
            raise error
        self._console.source.forget()
        return known

    def _visit(self, request: Request) -> Visit:
        return Visit(self._console, request.path_params, request.query_params)

    def _shared_of(self, request: Request, page: Page) -> Document:
        path = request.url.path.removesuffix(".live")
        query = f"?{request.url.query}" if request.url.query else ""
        live_at = f"{path}.live{query}" if page.live else ""
        return self._shared(path, f"{path}.json{query}", live_at)

    def _shared(self, path: str, json_at: str = "", live_at: str = "") -> Document:
        source = self._console.source
        return {
            "here": path,
            "json_at": json_at,
            "live_at": live_at,
            "token": self._console.token,
            "environment_name": source.name,
            "env": source.env,
            "writable": source.writable,
        }


def _status(error: MailroomError) -> int:
    return 503 if isinstance(error, NotUp) else 404 if isinstance(error, Refused) else 502
