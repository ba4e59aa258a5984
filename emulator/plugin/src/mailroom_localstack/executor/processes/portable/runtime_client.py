"""The client of the Runtime API for where awslambdaric has no native one, as on macOS.

Same functions and same results as the extension module ``runtime_client`` of awslambdaric.
See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import os
import socket
from collections.abc import Mapping
from typing import BinaryIO

ROOT = "/2018-06-01/runtime/invocation"

_user_agent = ""
_socket: socket.socket | None = None
_stream: BinaryIO | None = None


def initialize_client(user_agent: str) -> None:
    """Keep the user agent for all requests."""
    global _user_agent
    _user_agent = user_agent


def next() -> tuple[bytes, dict[str, str | int]]:
    """Wait for the next event, and return its payload and its headers.

    Raises:
        RuntimeError: if the request fails.
    """
    status, headers, body = _call("GET", f"{ROOT}/next")
    if status != 200:
        raise RuntimeError("Failed to get next")
    named: dict[str, str | int] = {name.title(): value for name, value in headers.items()}
    named["Lambda-Runtime-Deadline-Ms"] = int(headers["lambda-runtime-deadline-ms"])
    return body, named


def post_invocation_result(
    request_id: str, result: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Send the response to an event.

    Raises:
        RuntimeError: if the answer is refused.
    """
    status, _, _ = _call(
        "POST", f"{ROOT}/{request_id}/response", result, {"Content-Type": content_type}
    )
    if status != 202:
        raise RuntimeError("Failed to post invocation response")


def post_error(
    request_id: str, error: str, xray_fault: str, invocation_id: str | None = None
) -> None:
    """Send an error as the answer to an event.

    Raises:
        RuntimeError: if the answer is refused.
    """
    headers = {"Content-Type": "application/json"}
    status, _, _ = _call("POST", f"{ROOT}/{request_id}/error", error.encode(), headers)
    if status != 202:
        raise RuntimeError("Failed to post invocation error")


def _call(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection, stream = _connect()
    lines = [f"{method} {path} HTTP/1.1", f"User-Agent: {_user_agent}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines.append(f"Content-Length: {len(body)}")
    connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
    status_line = stream.readline()
    if not status_line:
        raise RuntimeError("The Runtime API closed the connection")
    answered: dict[str, str] = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        answered[name.strip().lower()] = value.strip()
    return int(status_line.split()[1]), answered, stream.read(int(answered["content-length"]))


def _connect() -> tuple[socket.socket, BinaryIO]:
    global _socket, _stream
    if _socket is None or _stream is None:
        host, _, port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
        _socket = socket.create_connection((host, int(port)))
        _socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _stream = _socket.makefile("rb")
    return _socket, _stream
