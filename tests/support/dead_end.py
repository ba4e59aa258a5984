"""A port without a database, which closes each connection."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread


class DeadEnd:
    """Closes each connection, and counts them."""

    def __init__(self, host: str) -> None:
        self._socket = socket.create_server((host, 0))
        self.host = host
        self.port: int = self._socket.getsockname()[1]
        self.visits = 0

    def serve(self) -> None:
        """Hang up on callers until closed."""
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                caller.close()
                self.visits += 1

    def close(self) -> None:
        """Be gone."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def dead_end(host: str) -> Iterator[DeadEnd]:
    """A dead end at an address of this machine, there until the end."""
    place = DeadEnd(host)
    thread = Thread(target=place.serve, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        place.close()
        thread.join(5)
