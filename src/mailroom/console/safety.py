"""Checks of every request, and headers of every answer.

The console listens on 127.0.0.1 only, but any page in the user's browser can send requests there.
A page of another origin can't read the answers, and so not the token, unless a name server resolves
its host to 127.0.0.1: that is what the check of the header Host prevents.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Safety:
    """Refuses requests for another host or from another origin.

    Args:
        app: What answers the other requests.
        port: The console's port.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if headers.get("host") not in self._hosts:
            await PlainTextResponse("this host is not the console's", 421)(scope, receive, send)
        elif origin is not None and origin.removeprefix("http://") not in self._hosts:
            await PlainTextResponse("this origin is not the console's", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _adding_headers(send))


def is_token(given: str, token: str) -> bool:
    """Whether a form's token is the console's, compared in constant time."""
    return secrets.compare_digest(given.encode(), token.encode())


def _adding_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
