"""A TCP proxy before Postgres that knows one word of its protocol: COMMIT."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock, Thread

_COMMIT = b"COMMIT\0"

type Fault = Callable[["Session"], object]


@dataclass
class Session:
    """A client's connection through the proxy.

    Attributes:
        client: The client's end.
        server: Postgres's end.
        client_port: Tells whose connection it is.
        fault: What to do instead of passing on the server's next answer.
    """

    client: socket.socket
    server: socket.socket
    client_port: int
    fault: Fault | None = None

    def cut(self) -> None:
        """End it on both sides."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Proxy:
    """Passes everything on, until it is told to keep answers to COMMIT to itself."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.withheld = 0
        self._lock = Lock()
        self._faults: list[Fault] = []
        self._sessions: list[Session] = []

    def at_commit(self, fault: Fault, times: int = 1) -> None:
        """At the next COMMITs: let Postgres do it, withhold its answer, and do this instead."""
        self._faults += [fault] * times

    def serve(self) -> None:
        """Take connections until closed."""
        with suppress(OSError):
            while True:
                client, (_, port) = self._listener.accept()
                session = Session(client, socket.create_connection(self._target), port)
                self._sessions.append(session)
                for way in (self._forward, self._back):
                    Thread(target=way, args=[session], daemon=True).start()

    def close(self) -> None:
        """Hang up on everybody."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for session in self._sessions:
            session.cut()

    def _forward(self, session: Session) -> None:
        with suppress(OSError):
            while data := session.client.recv(65536):
                if _COMMIT in data:
                    with self._lock:
                        session.fault = self._faults.pop() if self._faults else None
                session.server.sendall(data)
        session.cut()

    def _back(self, session: Session) -> None:
        with suppress(OSError):
            while data := session.server.recv(65536):
                if session.fault:
                    session.fault(session)
                    self.withheld += 1
                    break
                session.client.sendall(data)
        session.cut()


@contextmanager
def proxying(host: str, port: int) -> Iterator[Proxy]:
    """A proxy before a server, there until the end."""
    proxy = Proxy((host, port))
    thread = Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)
