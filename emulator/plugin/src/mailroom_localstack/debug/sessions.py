"""All debug sessions: developers request them, invocations take them."""

import threading
from typing import Any

from mailroom_localstack.debug.session import DebugRequest, DebugSession


class DebugSessions:
    """The debug sessions of this LocalStack. Any thread may call."""

    def __init__(self) -> None:
        """Start without any session."""
        self._lock = threading.Lock()
        self._known: dict[str, DebugSession] = {}
        self._armed: list[DebugSession] = []

    def arm(self, request: DebugRequest) -> None:
        """Let the next invocation that matches wait for a debugger, and no other.

        Raises:
            OSError: if the port is in use.
        """
        debugger = DebugSession(request)
        with self._lock:
            self._known[request.id] = debugger
            self._armed.append(debugger)

    def claim(self, function: str, request_id: str, payload: bytes) -> DebugSession | None:
        """Return the session that waits for this invocation, if there is one."""
        if not self._armed:
            return None
        with self._lock:
            for debugger in self._armed:
                request = debugger.request
                if request.function == function and request.containing.encode() in payload:
                    self._armed.remove(debugger)
                    debugger.request_id = request_id
                    return debugger
        return None

    def dismiss(self, id: str | None = None) -> None:
        """Delete one session or all. An attached debugger stays attached until it detaches."""
        with self._lock:
            for debugger in [one for one in self._known.values() if id in (None, one.request.id)]:
                del self._known[debugger.request.id]
                debugger.dismissed = True
                if debugger in self._armed:
                    self._armed.remove(debugger)
                    debugger.close()

    def as_json(self) -> list[dict[str, Any]]:
        """The sessions that were not deleted, for JSON."""
        with self._lock:
            return [
                {"id": one.request.id, "states": list(one.states), "requestId": one.request_id}
                for one in self._known.values()
            ]


DEBUG_SESSIONS = DebugSessions()
