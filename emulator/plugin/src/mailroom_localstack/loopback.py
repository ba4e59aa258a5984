"""Sockets on the loopback interface, as the gateway, the Runtime API and debugger sessions have
them, and whose the other end is."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path

LOOPBACK = "127.0.0.1"
RECEIVE_BYTES = 1 << 18
SEND_TIMEOUT_SECONDS = 10

# Which users of the machine may connect: `own`, the one that LocalStack runs as, or all.
USERS_VARIABLE = "MAILROOM_USERS"
OWN = "own"
# The kernel's tables of connections, and what precedes an address there: a client may have an IPv6
# socket for an IPv4 address.
TCP, TCP6 = Path("/proc/net/tcp"), Path("/proc/net/tcp6")
TABLES = ((TCP, b""), (TCP6, b"0000000000000000FFFF0000"), (TCP6, b""))
USER_COLUMN = 7


def accept(listener: socket.socket) -> socket.socket | None:
    """A connection of a user who may use it, with a timeout; None if there is none."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return None
    if not may_connect(connection):
        connection.close()
        return None
    connection.settimeout(SEND_TIMEOUT_SECONDS)
    return connection


def may_connect(connection: socket.socket) -> bool:
    """Whether the user at the other end of an accepted connection may use it.

    Anybody may, unless MAILROOM_USERS is `own`. Then another user of the machine may not: a
    function that is created here runs as the user that LocalStack runs as. Where there is no
    /proc/net/tcp, as on macOS, each connection is taken.
    """
    if os.environ.get(USERS_VARIABLE) != OWN or not TCP.exists():
        return True
    try:
        peer, own = connection.getpeername(), connection.getsockname()
    except OSError:
        return False
    return _user(peer[:2], own[:2]) == os.getuid()


def _user(peer: tuple[str, int], own: tuple[str, int]) -> int | None:
    """Id of the user who owns the peer's socket; None if the connection is gone.

    The format of the tables: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
    """
    ends = [b"%s:%04X" % (_address(host), port) for host, port in (peer, own)]
    for table, prefix in TABLES:
        row = b" %s%s %s%s " % (prefix, ends[0], prefix, ends[1])
        content = table.read_bytes() if table.exists() else b""
        if (at := content.find(row)) >= 0:
            # The row begins with its number, which is the first column.
            return int(content[at:].split(maxsplit=USER_COLUMN)[USER_COLUMN - 1])
    return None


def _address(host: str) -> bytes:
    """An address as the tables have it: words of 32 bits in the machine's byte order."""
    packed = ipaddress.ip_address(host).packed
    words = (packed[at : at + 4] for at in range(0, len(packed), 4))
    return b"".join(b"%08X" % int.from_bytes(word, sys.byteorder) for word in words)
