"""Has LocalStack make an invocation wait for a debugger, and reports the debugger's states."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailroom.environments.ports import require_free_port
from mailroom.errors import Refused
from mailroom.interrupts import uninterrupted
from mailroom.local_http import get_json, send
from mailroom.waiting import backoff

DEFAULT_PORT = 5678
_PORT_HINT = (
    "choose another port: mailroom debug --port PORT. If LocalStack uses it, an invocation "
    "waits there for a debugger already: mailroom debug --off"
)
_PATH = "/_mailroom/debug"


@dataclass(frozen=True)
class State:
    """A state of the debugger.

    Attributes:
        name: `armed`, `waiting`, `attached`, `detached` or `ended`.
        request_id: The invocation's id; empty before the invocation.
    """

    name: str
    request_id: str


@contextmanager
def armed(
    endpoint: str, function: str, port: int, sources: Path, containing: str = ""
) -> Iterator[Iterator[State]]:
    """Have the next invocation of a function wait for a debugger, until the block ends.

    An invocation that still waits then continues without a debugger. A debugger that is attached
    stays attached.

    Args:
        endpoint: URL of LocalStack.
        function: Name of the function.
        port: Port of 127.0.0.1 that the debugger connects to.
        sources: Folder of the function's packages, for breakpoints.
        containing: Text that the invocation's event must contain.

    Yields:
        Each state, until the invocation ends or another command disarms the debugger.

    Raises:
        Refused: The port can't be used, or this LocalStack has no debugger.
    """
    request = {
        "id": uuid.uuid4().hex,
        "function": function,
        "port": port,
        "sources": str(sources),
        "containing": containing,
    }
    try:
        status, text = send("POST", f"{endpoint}{_PATH}", request)
        if status == 409:
            require_free_port(port, "the debugger", _PORT_HINT)
            raise Refused(f"port {port} can't be used: {text}", _PORT_HINT)
        if status != 204:
            raise Refused(
                "this environment has no debugger",
                "restart it: make install; mailroom down; mailroom up",
            )
        yield _states(endpoint, request["id"])
    finally:
        with uninterrupted():
            disarm(endpoint, f"?id={request['id']}")


def disarm(endpoint: str, query: str = "") -> None:
    """Disarm the debugger that the query names, or without a query all of them."""
    send("DELETE", f"{endpoint}{_PATH}{query}")


def _states(endpoint: str, id: object) -> Iterator[State]:
    reported = 0
    for _ in backoff(longest=0.3):
        debuggers = get_json(f"{endpoint}{_PATH}")["debuggers"]
        found = next((one for one in debuggers if one["id"] == id), None)
        if found is None:
            return
        yield from (State(name, found["requestId"]) for name in found["states"][reported:])
        reported = len(found["states"])
        if found["states"][-1] == "ended":
            return
