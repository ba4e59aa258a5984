"""Asks the emulator to have an invocation wait for a debugger, and what became of it."""

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
    "choose another port: mailroom debug --port PORT. If LocalStack holds it, a debugger is "
    "awaited there already: mailroom debug --off"
)
_PATH = "/_mailroom/debug"


@dataclass(frozen=True)
class State:
    """What has become of it.

    Attributes:
        name: `armed`, `waiting`, `attached`, `detached` or `ended`.
        request_id: The invocation's; empty while there is none.
    """

    name: str
    request_id: str


@contextmanager
def armed(
    endpoint: str, function: str, port: int, sources: Path, containing: str = ""
) -> Iterator[Iterator[State]]:
    """Have the next invocation of a function wait for a debugger, as long as the block lasts.

    An invocation that waits at its end goes on without; a debugger that is attached stays until
    it leaves by itself.

    Args:
        endpoint: URL of the emulator.
        function: Name of the function.
        port: Where on 127.0.0.1 the debugger connects.
        sources: Folder of the function's packages, in which breakpoints are set.
        containing: Text that the invocation's event has to contain.

    Yields:
        Each state, until the invocation is over or somebody else disarmed it.

    Raises:
        Refused: The port can't be had, or this emulator has no debugger.
    """
    wish = {
        "id": uuid.uuid4().hex,
        "function": function,
        "port": port,
        "sources": str(sources),
        "containing": containing,
    }
    try:
        status, text = send("POST", f"{endpoint}{_PATH}", wish)
        if status == 409:
            require_free_port(port, "the debugger", _PORT_HINT)
            raise Refused(f"port {port} can't be used: {text}", _PORT_HINT)
        if status != 204:
            raise Refused(
                "this environment has no debugger",
                "start it anew with: make install; mailroom down; mailroom up",
            )
        yield _states(endpoint, wish["id"])
    finally:
        with uninterrupted():
            disarm(endpoint, f"?id={wish['id']}")


def disarm(endpoint: str, query: str = "") -> None:
    """Have no invocation wait for a debugger any more; without a query, whoever armed it."""
    send("DELETE", f"{endpoint}{_PATH}{query}")


def _states(endpoint: str, id: object) -> Iterator[State]:
    told = 0
    for _ in backoff(longest=0.3):
        debuggers = get_json(f"{endpoint}{_PATH}")["debuggers"]
        found = next((one for one in debuggers if one["id"] == id), None)
        if found is None:
            return
        yield from (State(name, found["requestId"]) for name in found["states"][told:])
        told = len(found["states"])
        if found["states"][-1] == "ended":
            return
