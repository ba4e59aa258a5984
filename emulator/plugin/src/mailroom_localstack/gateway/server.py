"""LocalStack's web server, as `localstack.runtime.server` lets a plugin bring it."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from typing import TYPE_CHECKING

from localstack.runtime.server.core import RuntimeServer, RuntimeServerPlugin
from rolo.gateway.wsgi import WsgiGateway

from mailroom_localstack.gateway.connection import Connection

if TYPE_CHECKING:
    from localstack.config import HostAndPort
    from rolo.gateway import Gateway

LOG = logging.getLogger(__name__)
BACKLOG = 1024
STOP_SECONDS = 10
PAUSE_SECONDS = 0.1
CLOSED = -1


class ThreadedServerPlugin(RuntimeServerPlugin):
    """Chosen by `GATEWAY_SERVER=mailroom`."""

    name = "mailroom"

    def load(self, *_: object, **__: object) -> ThreadedServer:
        """Make the server."""
        return ThreadedServer()


class ThreadedServer(RuntimeServer):
    """Serves gateways, each connection in a thread of its own."""

    def __init__(self) -> None:
        self._listeners: list[tuple[socket.socket, WsgiGateway, ssl.SSLContext | None]] = []
        self._connections: dict[Connection, threading.Thread] = {}
        self._stopped = threading.Event()

    @property
    def ports(self) -> list[int]:
        """The ports that it listens on."""
        return [listener.getsockname()[1] for listener, _, _ in self._listeners]

    def register(
        self,
        gateway: Gateway,
        listen: list[HostAndPort],
        ssl_creds: tuple[str, str] | None = None,
    ) -> None:
        """Listen on addresses.

        Args:
            gateway: answers the requests.
            listen: the addresses.
            ssl_creds: files of a certificate chain and of its key, for clients that begin with TLS.

        Raises:
            OSError: An address is taken.
        """
        tls = None
        if ssl_creds is not None:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(*ssl_creds)
        application = WsgiGateway(gateway)
        for address in listen:
            family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
            listener = socket.create_server(
                (address.host, address.port), family=family, backlog=BACKLOG
            )
            self._listeners.append((listener, application, tls))

    def run(self) -> None:
        """Accept connections until `shutdown`."""
        for listener, application, tls in self._listeners:
            threading.Thread(
                target=self._accept, args=(listener, application, tls), daemon=True
            ).start()
        self._stopped.wait()

    def shutdown(self) -> None:
        """Accept no more, let requests that are being answered end, and return from `run`."""
        for listener, _, _ in self._listeners:
            listener.close()
        for connection in list(self._connections):
            connection.stop()
        for thread in list(self._connections.values()):
            thread.join(STOP_SECONDS)
        self._stopped.set()

    def _accept(
        self, listener: socket.socket, application: WsgiGateway, tls: ssl.SSLContext | None
    ) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError as error:
                if listener.fileno() == CLOSED:
                    return
                # Such as too many open files: some are closed when other connections end.
                LOG.warning("A connection was not accepted: %s", error)
                self._stopped.wait(PAUSE_SECONDS)
                continue
            connection = Connection(client, application, tls)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        finally:
            del self._connections[connection]
