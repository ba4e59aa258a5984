"""The part of HTTP/1.1 that Lambda runtimes use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
REASONS = {
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    404: "Not Found",
    413: "Payload Too Large",
}


class ProtocolError(Exception):
    """Raised when a client sends something that is not a request."""


@dataclass(slots=True)
class Request:
    """A request; a body over the limit is dropped, and its length kept."""

    method: str
    path: str
    headers: Mapping[str, str]
    length: int = 0
    body: bytes = b""


@dataclass(slots=True)
class RequestReader:
    """Reads requests from the bytes of a connection."""

    body_limit: int
    wants_continue: bool = False
    _buffer: bytearray = field(default_factory=bytearray)
    _request: Request | None = None
    _discarded: int = 0

    def feed(self, data: bytes) -> Iterator[Request]:
        """Add bytes that arrived, and yield the requests that they complete.

        Raises:
            ProtocolError: if it is not HTTP, or a body has no Content-Length.
        """
        self._buffer += data
        while True:
            if self._request is None and not self._read_head():
                return
            request = self._request
            if request is None or not self._read_body(request):
                return
            self._request, self._discarded, self.wants_continue = None, 0, False
            yield request

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 4]
        first, *lines = head.split("\r\n")
        try:
            method, path, _ = first.split(" ")
            headers = {
                name.strip().lower(): value.strip()
                for name, value in (line.split(":", 1) for line in lines)
            }
            length = int(headers.get("content-length", "0"))
        except ValueError as error:
            raise ProtocolError(f"not a request: {first!r}") from error
        if "transfer-encoding" in headers:
            raise ProtocolError("a body needs a Content-Length")
        self.wants_continue = headers.get("expect", "").lower() == "100-continue"
        self._request = Request(method, path, headers, length)
        return True

    def _read_body(self, request: Request) -> bool:
        if request.length <= self.body_limit:
            if len(self._buffer) < request.length:
                return False
            request.body = bytes(self._buffer[: request.length])
            del self._buffer[: request.length]
            return True
        taken = min(len(self._buffer), request.length - self._discarded)
        self._discarded += taken
        del self._buffer[:taken]
        return self._discarded == request.length


def response(status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """A response in one piece: two packets would delay an invocation by 40 ms (delayed ACK)."""
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
