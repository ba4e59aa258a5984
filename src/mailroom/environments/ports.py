"""TCP ports of this machine."""

import errno
import socket
from contextlib import suppress

import psutil

from mailroom.errors import PortTaken, Refused

_HINT = "choose another port: mailroom up --port PORT"


def require_free_port(port: int, what: str, hint: str = _HINT) -> None:
    """Make sure that 127.0.0.1:`port` can be listened on.

    Args:
        port: The port.
        what: What needs it, for the error.
        hint: What to do when it can't be had.

    Raises:
        PortTaken: Somebody listens there; the message says who, where the system tells.
        Refused: It is a port that only root may use.
    """
    error = _try(port)
    if error is None:
        return
    if error.errno != errno.EADDRINUSE:
        raise Refused(f"port {port} can't be used: {error.strerror}", hint)
    raise PortTaken(
        f"port {port}, which {what} needs, is held by {_holder(port)}",
        f"stop that process, or {hint}",
    )


def is_free(port: int) -> bool:
    """Whether 127.0.0.1:`port` can be listened on."""
    return _try(port) is None


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _try(port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def _holder(port: int) -> str:
    # One process after the other: macOS tells only root about all of them at once.
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,):
                    return f"process {process.pid} ({' '.join(process.cmdline()[:4])})"
    return "a process that only its owner or root may look at"
