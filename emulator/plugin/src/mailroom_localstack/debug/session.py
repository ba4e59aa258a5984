"""One debugger's way into one invocation.

Whoever debugs connects to one port of this process, and the function's process to another: what
comes from one goes to the other, the Debug Adapter Protocol both ways. So the port is taken from
the moment that somebody asks for it, who connects too early waits, and it is known whether a
debugger is there. Like the Runtime API it has no thread of its own: its sockets are in the
selector of whoever waits for the runtime.

See https://microsoft.github.io/debug-adapter-protocol/specification
"""

import os
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mailroom_localstack.executor.processes.runtime_api import (
    LOOPBACK,
    RECEIVE_BYTES,
    SEND_TIMEOUT_SECONDS,
)

ARMED, WAITING, ATTACHED, DETACHED, ENDED = "armed", "waiting", "attached", "detached", "ended"
TERMINATED = b'Content-Length: 50\r\n\r\n{"seq": 0, "type": "event", "event": "terminated"}'


@dataclass(frozen=True, slots=True)
class Wish:
    """Which invocation somebody wants to debug, and how.

    Attributes:
        id: tells it from others.
        function: name of the function.
        containing: a text that the invocation's event has to contain.
        port: of 127.0.0.1, where the debugger connects.
        sources: folder of the function's packages, as who debugs has it open.
        debugpy: folder that debugpy is installed in.
    """

    id: str
    function: str
    containing: str
    port: int
    sources: Path
    debugpy: Path


class Debugger:
    """From the wish to debug an invocation to that invocation's end.

    Attributes:
        wish: what it is for.
        request_id: the invocation's, once there is one.
        states: what it has been, and last what it is.
        dismissed: nobody wants to debug any more; an invocation that waits goes on without.
    """

    def __init__(self, wish: Wish) -> None:
        """Takes the port.

        Raises:
            OSError: if it can't be had.
        """
        self.wish = wish
        self.request_id = ""
        self.states = [ARMED]
        self.dismissed = False
        self._front = socket.create_server((LOOPBACK, wish.port))
        self._sockets = {self._front}
        self._selector: selectors.BaseSelector | None = None
        self._process: socket.socket | None = None
        self._client: socket.socket | None = None
        self._said = b""

    @property
    def awaited(self) -> bool:
        """Whether a debugger has yet to come."""
        return self.states[-1] in (ARMED, WAITING)

    @property
    def attached(self) -> bool:
        """Whether a debugger is there."""
        return self._client is not None

    def serve(self, selector: selectors.BaseSelector, task_root: Path) -> dict[str, object]:
        """Awaits the function's process, and then a debugger.

        Returns:
            What the process has to know: where debugpy is, where to connect, and debugpy's
            variables.
        """
        self._selector = selector
        back = socket.create_server((LOOPBACK, 0))
        self._watch(back, lambda: self._accept_process(back))
        own = [task_root / path.name for path in self.wish.sources.iterdir()]
        return {
            "folder": str(self.wish.debugpy),
            "port": back.getsockname()[1],
            "variables": {
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                # Live code is links to the sources, in which breakpoints are set.
                "PYDEVD_RESOLVE_SYMLINKS": "1",
                # All else is somebody else's code, which debuggers step over unless told not to.
                "IDE_PROJECT_ROOTS": os.pathsep.join(str(path) for path in own if path.exists()),
            },
        }

    def say_goodbye(self) -> None:
        """Tells the debugger that all is over, to which it answers by leaving."""
        self._enter(ENDED)
        self._tell_end()

    def close(self) -> None:
        """Closes every socket; once more does nothing."""
        self.say_goodbye()
        for one in tuple(self._sockets):
            self._drop(one)

    def _accept_process(self, back: socket.socket) -> bool:
        process = self._accept(back)
        if process is not None:
            self._process = process
            self._drop(back)
            self._watch(self._front, self._accept_client)
            self._enter(WAITING)
        return True

    def _accept_client(self) -> bool:
        client = self._accept(self._front)
        if client is not None:
            self._watch(client, lambda: self._from_client(client))
        return True

    def _accept(self, listener: socket.socket) -> socket.socket | None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return None
        connection.settimeout(SEND_TIMEOUT_SECONDS)
        self._sockets.add(connection)
        return connection

    def _from_client(self, client: socket.socket) -> bool:
        """The first to speak is the debugger; who leaves before only tried whether the port is
        there."""
        data = _receive(client)
        if not data or self._process is None or self._client not in (None, client):
            self._drop(client)
            return True
        if self._client is None:
            self._client = client
            self._drop(self._front)
            self._watch(self._process, self._from_process)
            self._enter(ATTACHED)
        self._forward(self._process, data)
        return True

    def _from_process(self) -> bool:
        assert self._process is not None
        data = _receive(self._process)
        if data and self._client is not None:
            # Whole messages, so that one of ours is never in the middle of another.
            self._said += data
            end = end_of_messages(self._said)
            self._forward(self._client, self._said[:end])
            self._said = self._said[end:]
        else:
            self._tell_end()
            self._drop(self._process)
        return True

    def _tell_end(self) -> None:
        if self._client is not None:
            self._forward(self._client, TERMINATED)

    def _forward(self, target: socket.socket, data: bytes) -> None:
        try:
            target.sendall(data)
        except OSError:
            self._drop(target)

    def _watch(self, one: socket.socket, handle: Callable[[], bool]) -> None:
        assert self._selector is not None
        self._sockets.add(one)
        self._selector.register(one, selectors.EVENT_READ, handle)

    def _drop(self, one: socket.socket | None) -> None:
        """Closes a socket. If it is the debugger's or its process's, the other goes with it."""
        if one is None or one not in self._sockets:
            return
        self._sockets.remove(one)
        if self._selector is not None and one in self._selector.get_map():
            self._selector.unregister(one)
        one.close()
        if self._client is not None and one in (self._client, self._process):
            others, self._client = (self._client, self._process), None
            self._enter(DETACHED)
            for other in others:
                self._drop(other)

    def _enter(self, state: str) -> None:
        if self.states[-1] not in (state, ENDED):
            self.states.append(state)


def end_of_messages(data: bytes) -> int:
    """Where the last whole message of the Debug Adapter Protocol ends."""
    end = 0
    while (header := data.find(b"\r\n\r\n", end)) >= 0:
        next_end = header + 4 + int(data[end:header].rpartition(b":")[2])
        if next_end > len(data):
            break
        end = next_end
    return end


def _receive(one: socket.socket) -> bytes:
    try:
        return one.recv(RECEIVE_BYTES)
    except OSError:
        return b""
