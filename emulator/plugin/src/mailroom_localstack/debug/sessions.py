"""Who wants to debug what: asked for by people, claimed by invocations."""

import threading
from typing import Any

from mailroom_localstack.debug.session import Debugger, Wish


class Debuggers:
    """All debuggers of this LocalStack. Any thread may call."""

    def __init__(self) -> None:
        """There is none yet."""
        self._lock = threading.Lock()
        self._known: dict[str, Debugger] = {}
        self._armed: list[Debugger] = []

    def arm(self, wish: Wish) -> None:
        """Has the next invocation that is meant wait for a debugger: that one and no other.

        Raises:
            OSError: if the port can't be had.
        """
        debugger = Debugger(wish)
        with self._lock:
            self._known[wish.id] = debugger
            self._armed.append(debugger)

    def claim(self, function: str, request_id: str, payload: bytes) -> Debugger | None:
        """Gives an invocation the debugger that waits for it, if one does."""
        if not self._armed:
            return None
        with self._lock:
            for debugger in self._armed:
                wish = debugger.wish
                if wish.function == function and wish.containing.encode() in payload:
                    self._armed.remove(debugger)
                    debugger.request_id = request_id
                    return debugger
        return None

    def dismiss(self, id: str | None = None) -> None:
        """Forgets one, or all. One that is attached stays so until it leaves by itself."""
        with self._lock:
            for debugger in [one for one in self._known.values() if id in (None, one.wish.id)]:
                del self._known[debugger.wish.id]
                debugger.dismissed = True
                if debugger in self._armed:
                    self._armed.remove(debugger)
                    debugger.close()

    def as_json(self) -> list[dict[str, Any]]:
        """Tells what became of each that was not forgotten."""
        with self._lock:
            return [
                {"id": one.wish.id, "states": list(one.states), "requestId": one.request_id}
                for one in self._known.values()
            ]


DEBUGGERS = Debuggers()
