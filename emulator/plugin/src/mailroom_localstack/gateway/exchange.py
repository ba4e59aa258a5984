"""One request as WSGI gives it to the gateway, and its answer as bytes."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

type Headers = list[tuple[str, str]]
type Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Answers that have no body, whatever the application says: RFC 9110, 6.4.1.
BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


@dataclass
class Received:
    """A request as it was received.

    Attributes:
        target: the request target, as the client wrote it.
        headers: names and values in the client's spelling and order.
        body: the whole body, without a transfer coding.
    """

    target: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: BytesIO = field(default_factory=BytesIO)
    method: str = ""
    version: str = "1.1"
    keep_alive: bool = True


def environ(request: Received, fixed: dict[str, Any]) -> dict[str, Any]:
    """WSGI's environment (PEP 3333), with the raw headers that rolo's gateway looks for.

    Args:
        request: what was received.
        fixed: the keys that are the same for each request of a connection.
    """
    target = request.target.decode("latin-1")
    path, _, query = target.partition("?")
    if not path.startswith("/"):
        # A client that takes this server for a proxy sends a whole URL: RFC 9112, 3.2.2.
        path = urlsplit(path).path
    made = {
        **fixed,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": target,
        "REQUEST_URI": target,
        "SERVER_PROTOCOL": f"HTTP/{request.version}",
        "wsgi.input": request.body,
        "rolo.headers": request.headers,
    }
    for name, value in request.headers:
        key = _key(name)
        text = value.decode("latin-1")
        made[key] = f"{made[key]},{text}" if key in made else text
    return made


def answer(request: Received, application: Application, fixed: dict[str, Any]) -> Iterator[bytes]:
    """The answer of a request: its head with the first part of the body, then the other parts.

    `request.keep_alive` says afterwards whether the connection can take another request.
    """
    head: list[Any] = []
    parts = application(environ(request, fixed), lambda *given: head.extend(given))
    try:
        iterator = iter(parts)
        first = next(iterator, b"")
        status, headers = head[0], head[1]
        names = {name.lower() for name, _ in headers}
        bodiless = request.method == "HEAD" or int(status[:3]) in BODILESS
        chunked = not bodiless and "content-length" not in names
        if chunked and request.version == "1.0":
            chunked = request.keep_alive = False
        yield _head(request, status, headers, names, chunked) + (
            b"" if bodiless else _part(first, chunked)
        )
        if not bodiless:
            yield from (_part(part, chunked) for part in iterator if part)
            if chunked:
                yield b"0\r\n\r\n"
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


def _head(
    request: Received, status: str, headers: Headers, names: set[str], chunked: bool
) -> bytes:
    lines = [f"HTTP/1.1 {status}"]
    for name, value in headers:
        if name.lower() == "connection":
            request.keep_alive = request.keep_alive and value.lower() != "close"
        lines.append(f"{name}: {value}")
    if "date" not in names:
        lines.append(f"Date: {_date(int(time.time()))}")
    if chunked and "transfer-encoding" not in names:
        lines.append("Transfer-Encoding: chunked")
    if not request.keep_alive and "connection" not in names:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _part(data: bytes, chunked: bool) -> bytes:
    if chunked:
        return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
    return data


@functools.lru_cache(maxsize=1024)
def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


@functools.lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
