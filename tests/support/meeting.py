"""A barrier for invocations: each waits until the test lets all of them continue."""

import socket
import textwrap
from types import TracebackType
from typing import Self

SECONDS = 30
# What a function does there: `here(address, message)` tells the test that it works, and waits.
HERE = textwrap.dedent("""
    import socket

    def here(address, message=""):
        with socket.create_connection(tuple(address)) as test:
            test.sendall(f"{message}\\n".encode())
            test.recv(1)
""")


class Meeting:
    """Listens on a port of its own until the block ends; then the waiting processes continue.

    Args:
        host: This machine's address, as the functions see it.

    Attributes:
        address: Where to come to: host and port.
    """

    def __init__(self, host: str) -> None:
        self._listener = socket.create_server((host, 0))
        self._listener.settimeout(SECONDS)
        self._guests: list[socket.socket] = []
        self.address: list[str | int] = [host, self._listener.getsockname()[1]]

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
