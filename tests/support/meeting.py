"""A place where invocations meet: each waits there until the test lets all of them go."""

import socket
import textwrap
from types import TracebackType
from typing import Self

SECONDS = 30
# What a function does there: `here(port, message)` tells the test that it works, and waits.
HERE = textwrap.dedent("""
    import socket

    def here(port, message=""):
        with socket.create_connection(("127.0.0.1", port)) as test:
            test.sendall(f"{message}\\n".encode())
            test.recv(1)
""")


class Meeting:
    """Listens on a port of its own until the block ends; then whoever waits may go."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(SECONDS)
        self._guests: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def arrival(self) -> str:
        """Wait until somebody is here; what he says."""
        guest, _ = self._listener.accept()
        guest.settimeout(SECONDS)
        self._guests.append(guest)
        with guest.makefile() as said:
            return said.readline().strip()

    def end(self) -> None:
        """Let everybody go."""
        for connection in (self._listener, *self._guests):
            connection.close()
