"""A connection of the gateway's server: requests are read, answered and written in one thread."""

from __future__ import annotations

import logging
import socket
import ssl
import sys
from http import HTTPStatus
from typing import Any

from httptools.parser import errors
from httptools.parser.parser import HttpRequestParser

from mailroom_localstack.gateway.exchange import Application, Received, answer
from mailroom_localstack.gateway.hosts import HOSTS_VARIABLE, is_for_this_machine
from mailroom_localstack.loopback import OWN, USERS_VARIABLE, may_connect

LOG = logging.getLogger(__name__)
RECEIVE_BYTES = 1 << 18
IDLE_SECONDS = 60
TLS_HANDSHAKE = b"\x16"
FOREIGN_HOST = f"the request's Host is no name of this machine; {HOSTS_VARIABLE} can add one\n"


class Connection:
    """Answers the requests of one client, one after the other.

    Args:
        client: the accepted socket.
        application: the gateway, by WSGI.
        tls: used when the client begins with a TLS handshake.
    """

    def __init__(
        self, client: socket.socket, application: Application, tls: ssl.SSLContext | None
    ) -> None:
        self._socket = client
        self._application = application
        self._tls = tls
        self._parser = HttpRequestParser(self)
        self._request = Received()
        self._complete: list[Received] = []
        self._stopping = False
        self._answering = False

    def serve(self) -> None:
        """Answer requests until the client or `stop` ends the connection."""
        if not may_connect(self._socket):
            LOG.warning("another user's connection is refused: %s=%s", USERS_VARIABLE, OWN)
            self._socket.close()
            return
        try:
            fixed = self._open()
            while not self._stopping and (data := self._socket.recv(RECEIVE_BYTES)):
                if not self._feed(data) or not self._answer_complete(fixed):
                    break
        except OSError:
            LOG.debug("the client ended the connection", exc_info=True)
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End the connection: at once when it is idle, after its answer otherwise."""
        self._stopping = True
        if not self._answering:
            try:
                self._socket.shutdown(socket.SHUT_RD)
            except OSError:
                return

    def _open(self) -> dict[str, Any]:
        self._socket.settimeout(IDLE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None and self._socket.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE:
            self._socket = self._tls.wrap_socket(self._socket, server_side=True)
        secure = isinstance(self._socket, ssl.SSLSocket)
        peer, own = self._socket.getpeername(), self._socket.getsockname()
        return {
            "SCRIPT_NAME": "",
            "SERVER_NAME": own[0],
            "SERVER_PORT": str(own[1]),
            "REMOTE_ADDR": peer[0],
            "REMOTE_PORT": str(peer[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if secure else "http",
            "wsgi.errors": sys.stderr,
            "wsgi.input_terminated": True,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def _feed(self, data: bytes) -> bool:
        """Parse what was received; False when it is no HTTP."""
        try:
            self._parser.feed_data(data)
        except errors.HttpParserUpgrade:
            # No route of LocalStack takes an upgrade; a server may ignore one (RFC 9110, 7.8).
            self._request.keep_alive = False
        except errors.HttpParserError as error:
            LOG.debug("not HTTP: %s", error)
            self._refuse(400, f"this is not HTTP: {error}\n")
            return False
        return True

    def _refuse(self, status: int, text: str) -> None:
        phrase = HTTPStatus(status).phrase
        head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: text/plain\r\n"
        head += f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        self._socket.sendall((head + text).encode("latin-1"))

    def _answer_complete(self, fixed: dict[str, Any]) -> bool:
        """Answer what is complete; False when the connection is to end."""
        while self._complete:
            request = self._complete.pop(0)
            if not is_for_this_machine(request):
                self._refuse(403, FOREIGN_HOST)
                return False
            self._answering = True
            self._socket.settimeout(None)
            try:
                for part in answer(request, self._application, fixed):
                    self._socket.sendall(part)
            except OSError:
                raise
            except Exception:
                LOG.exception("the gateway could not answer %s %s", request.method, request.target)
                return False
            self._socket.settimeout(IDLE_SECONDS)
            self._answering = False
            if not request.keep_alive:
                return False
        return True

    # What follows is called by the parser.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request = Received()

    def on_url(self, url: bytes) -> None:
        """A part of the request target."""
        self._request.target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._request.headers.append((name, value))
        if name.lower() == b"expect" and value.lower() == b"100-continue":
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """A part of the body, without its transfer coding."""
        self._request.body.write(body)

    def on_message_complete(self) -> None:
        """The request is complete."""
        request = self._request
        request.method = self._parser.get_method().decode("ascii")
        request.version = self._parser.get_http_version()
        request.keep_alive = self._parser.should_keep_alive()
        request.body.seek(0)
        self._complete.append(request)
