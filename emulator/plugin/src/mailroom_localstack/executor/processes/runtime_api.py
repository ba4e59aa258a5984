"""The Lambda Runtime API of one execution environment.

See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

It has no thread of its own: its sockets are in a selector, and the thread that waits for the
runtime handles requests. So an invocation needs no switch between threads.
"""

import json
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass

from mailroom_localstack.executor.log_lines import RESPONSE_LIMIT_BYTES, response_too_large
from mailroom_localstack.executor.processes import http1
from mailroom_localstack.loopback import LOOPBACK, RECEIVE_BYTES, accept

ROOT = "/2018-06-01/runtime/"
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Event:
    """The event of an invocation."""

    request_id: str
    function_arn: str
    payload: bytes
    trace_id: str = ""
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an event: a response, or an error with its type."""

    payload: bytes
    error_type: str | None = None


class RuntimeApi:
    """Serves one runtime, and keeps its answer.

    Attributes:
        address: host:port for ``AWS_LAMBDA_RUNTIME_API``.
        idle: the runtime waits for the next event.
        delivered: the runtime has received the event that was offered.
        answer: its answer to that event.
        init_error: the error with which its init failed.
    """

    def __init__(self, selector: selectors.BaseSelector) -> None:
        """Listen on a port of its own, and register with the selector."""
        self._selector = selector
        self._listener = socket.create_server((LOOPBACK, 0))
        self._listener.setblocking(False)
        self._connections: set[socket.socket] = set()
        self._waiting: socket.socket | None = None
        self._event: Event | None = None
        self._deadline_ms = 0
        self.delivered = False
        self.answer: Answer | None = None
        self.init_error: Answer | None = None
        self.address = f"{LOOPBACK}:{self._listener.getsockname()[1]}"
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    @property
    def idle(self) -> bool:
        """Whether the runtime waits for an event: its init is over."""
        return self._waiting is not None

    def offer(self, event: Event, deadline_ms: int) -> None:
        """Give an event to the runtime, now or when it asks for one."""
        self._event, self._deadline_ms = event, deadline_ms
        self.answer, self.delivered = None, False
        if self._waiting is not None:
            self._deliver(self._waiting)

    def close(self) -> None:
        """Close all sockets."""
        for connection in (self._listener, *self._connections):
            self._selector.unregister(connection)
            connection.close()
        self._connections.clear()
        self._waiting = None

    def _accept(self) -> bool:
        connection = accept(self._listener)
        if connection is None:
            return False
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = http1.RequestReader(body_limit=RESPONSE_LIMIT_BYTES)
        self._connections.add(connection)
        self._selector.register(
            connection, selectors.EVENT_READ, lambda: self._receive(connection, reader)
        )
        return True

    def _receive(self, connection: socket.socket, reader: http1.RequestReader) -> bool:
        try:
            data = connection.recv(RECEIVE_BYTES)
            if not data:
                raise ConnectionResetError
            for request in reader.feed(data):
                self._handle(connection, request)
            if reader.wants_continue:
                reader.wants_continue = False
                connection.sendall(http1.CONTINUE)
        except (OSError, http1.ProtocolError):
            self._drop(connection)
            return False
        return True

    def _drop(self, connection: socket.socket) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._selector.unregister(connection)
            connection.close()
        if self._waiting is connection:
            self._waiting = None

    def _handle(self, connection: socket.socket, request: http1.Request) -> None:
        route: dict[tuple[str, str], Callable[[socket.socket, http1.Request], None]] = {
            ("GET", "next"): self._next,
            ("POST", "response"): self._response,
            ("POST", "error"): self._error,
        }
        action = request.path.rpartition("/")[2]
        handler = route.get((request.method, action))
        if handler is None or not request.path.startswith(ROOT):
            connection.sendall(http1.response(404))
            return
        handler(connection, request)

    def _next(self, connection: socket.socket, _: http1.Request) -> None:
        self._waiting = connection
        if self._event is not None:
            self._deliver(connection)

    def _deliver(self, connection: socket.socket) -> None:
        event = self._event
        assert event is not None
        headers = {
            "Content-Type": JSON_TYPE,
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(self._deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
        }
        if event.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = event.trace_id
        if event.client_context:
            headers["Lambda-Runtime-Client-Context"] = event.client_context
        self._waiting, self.delivered = None, True
        try:
            connection.sendall(http1.response(200, headers, event.payload))
        except OSError:
            self._drop(connection)

    def _response(self, connection: socket.socket, request: http1.Request) -> None:
        if not self._is_current(request):
            connection.sendall(http1.response(400))
        elif request.length > RESPONSE_LIMIT_BYTES:
            failure = response_too_large()
            self.answer = Answer(failure.payload, failure.error_type)
            connection.sendall(http1.response(413))
        else:
            self.answer = Answer(request.body)
            connection.sendall(http1.response(202))
        self._event = None if self.answer else self._event

    def _error(self, connection: socket.socket, request: http1.Request) -> None:
        answer = Answer(request.body, _error_type(request))
        if request.path == f"{ROOT}init/error":
            self.init_error = answer
        elif self._is_current(request):
            self.answer, self._event = answer, None
        else:
            connection.sendall(http1.response(400))
            return
        connection.sendall(http1.response(202))

    def _is_current(self, request: http1.Request) -> bool:
        event = self._event
        return event is not None and request.path.split("/")[-2] == event.request_id


def _error_type(request: http1.Request) -> str:
    try:
        return str(json.loads(request.body)["errorType"])
    except (ValueError, LookupError, TypeError):
        return request.headers.get("lambda-runtime-function-error-type", "Runtime.Unknown")
