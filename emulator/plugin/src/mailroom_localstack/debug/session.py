"""A debug session: one debugger attached to one invocation.

The debugger connects to one port of LocalStack's process, and the function's process to another;
the session passes the Debug Adapter Protocol on in both directions. So the port is taken as soon as
the developer requests the session, a debugger that connects early waits, and the session knows
whether a debugger is attached. Like the Runtime API it has no thread of its own: its sockets are in
the selector of the thread that waits for the runtime.

See https://microsoft.github.io/debug-adapter-protocol/specification
"""

import os
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mailroom_localstack.loopback import LOOPBACK, RECEIVE_BYTES, accept

ARMED, WAITING, ATTACHED, DETACHED, ENDED = "armed", "waiting", "attached", "detached", "ended"
TERMINATED = b'Content-Length: 50\r\n\r\n{"seq": 0, "type": "event", "event": "terminated"}'


@dataclass(frozen=True, slots=True)
class DebugRequest:
    """Which invocation to debug, and how.

    Attributes:
        id: of the session.
        function: name of the function.
        containing: a text that the event has to contain.
        port: of 127.0.0.1, where the debugger connects.
        sources: the folder of the function's packages that the developer has open.
        debugpy: the folder that debugpy is installed in.
    """

    id: str
    function: str
    containing: str
    port: int
    sources: Path
    debugpy: Path


class DebugSession:
    """Lasts from a developer's request to the end of the invocation.

    Attributes:
        request: the developer's request.
        request_id: the invocation's; empty until there is one.
        states: its states so far, the current one last.
        dismissed: the developer has withdrawn the request; a waiting invocation goes on.
    """

    def __init__(self, request: DebugRequest) -> None:
        """Open the port.

        Raises:
            OSError: if the port is in use.
        """
        self.request = request
        self.request_id = ""
        self.states = [ARMED]
        self.dismissed = False
        self._front = socket.create_server((LOOPBACK, request.port))
        self._sockets = {self._front}
        self._selector: selectors.BaseSelector | None = None
        self._process: socket.socket | None = None
        self._client: socket.socket | None = None
        self._said = b""

    @property
    def awaited(self) -> bool:
        """Whether no debugger has been attached yet."""
        return self.states[-1] in (ARMED, WAITING)

    @property
    def attached(self) -> bool:
        """Whether a debugger is attached."""
        return self._client is not None

    def serve(self, selector: selectors.BaseSelector, task_root: Path) -> dict[str, object]:
        """Wait for the function's process, and then for a debugger.

        Returns:
            What the process needs: debugpy's folder, the port to connect to, and debugpy's
            variables.
        """
        self._selector = selector
        back = socket.create_server((LOOPBACK, 0))
        self._watch(back, lambda: self._accept_process(back))
        own = [task_root / path.name for path in self.request.sources.iterdir()]
        return {
            "folder": str(self.request.debugpy),
            "port": back.getsockname()[1],
            "variables": {
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                # Live code has links to the sources, in which breakpoints are set.
                "PYDEVD_RESOLVE_SYMLINKS": "1",
                # Debuggers step over other code unless they are configured not to.
                "IDE_PROJECT_ROOTS": os.pathsep.join(str(path) for path in own if path.exists()),
            },
        }

    def end(self) -> None:
        """Tell the debugger that the session has ended, so that it disconnects."""
        self._enter(ENDED)
        self._tell_end()

    def close(self) -> None:
        """Close all sockets; calling it again does nothing."""
        self.end()
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
        connection = accept(listener)
        if connection is not None:
            self._sockets.add(connection)
        return connection

    def _from_client(self, client: socket.socket) -> bool:
        """Take the first client that sends something for the debugger; one that disconnects
        before only tested the port."""
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
            # Whole messages, so that one of the session's own is never inside another.
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
        """Close a socket. If it is the debugger's or the process's, close the other one too."""
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
    """The end of the last whole message of the Debug Adapter Protocol."""
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
