"""Checks TCP ports of 127.0.0.1."""

import errno
import hashlib
import socket

from mailroom.environments.port_users import port_user
from mailroom.errors import PortTaken, Refused

# `up --port auto`: any port that is free.
AUTO = 0
_HINT = "choose another port: mailroom up --port auto, or MAILROOM_PORT=PORT make up"


def require_free_port(port: int, what: str, hint: str = _HINT) -> None:
    """Check that a process can listen on 127.0.0.1:`port`.

    Args:
        port: The port.
        what: What needs the port, for the error.
        hint: What the user can do otherwise.

    Raises:
        PortTaken: A process listens there; the message names it, where the system allows that.
        Refused: Only root may use the port.
    """
    error = _try(port)
    if error is None:
        return
    if error.errno != errno.EADDRINUSE:
        raise Refused(f"port {port} can't be used: {error.strerror}", hint)
    user = port_user(port)
    raise PortTaken(
        f"port {port}, which {what} needs, is used by {user.name}", f"{user.way_out}, or {hint}"
    )


def is_port(text: str) -> bool:
    """Whether a text is the number of a TCP port: 1 to 65535."""
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def is_free(port: int) -> bool:
    """Whether a process can listen on 127.0.0.1:`port`."""
    return _try(port) is None


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_port(key: str) -> int:
    """A free port of 127.0.0.1 that follows from a text, as long as no other program uses it.

    It is below those that systems give to connections (from 32768 on Linux, from 49152 on macOS).
    """
    first = int(hashlib.sha256(key.encode()).hexdigest(), 16)
    ports = (20_000 + (first + step) % 10_000 for step in range(10_000))
    return next(filter(is_free, ports))


def _try(port: int) -> OSError | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None
