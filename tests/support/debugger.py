"""A debugger: a client of the Debug Adapter Protocol, as an editor is one.

See https://microsoft.github.io/debug-adapter-protocol/specification
"""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SECONDS = 30


@dataclass(frozen=True)
class Frame:
    """Where a thread has stopped."""

    id: int
    thread: int
    name: str
    path: str
    line: int


def line_of(path: Path, text: str) -> int:
    """The number of the one line that contains a text."""
    lines = path.read_text().splitlines()
    [number] = [number for number, line in enumerate(lines, 1) if text in line]
    return number


def launch_configuration(root: Path) -> dict[str, Any]:
    """How VS Code attaches when it has a checkout open."""
    text = re.sub(r"^ *//.*", "", (root / ".vscode" / "launch.json").read_text(), flags=re.M)
    [configuration] = json.loads(text.replace("${workspaceFolder}", str(root)))["configurations"]
    return dict(configuration)


class Debugger:
    """A connection to what is debugged; it is gone when the block ends.

    Args:
        port: Where on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._received = self._socket.makefile("rb")
        self._sent = 0
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._received.close()
        self._socket.close()

    def attach(self, breakpoints: Mapping[Path, str], **configuration: Any) -> None:
        """Do what an editor does when it attaches.

        Args:
            breakpoints: By file, a text in the line to stop at.
            configuration: Of the editor.
        """
        self.request("initialize", clientID="test", adapterID="debugpy", pathFormat="path")
        self.request("attach", **{"justMyCode": True, **configuration})
        self.event("initialized")
        for path, text in breakpoints.items():
            places = [{"line": line_of(path, text)}]
            answer = self.request("setBreakpoints", source={"path": str(path)}, breakpoints=places)
            assert [place["verified"] for place in answer["breakpoints"]] == [True]
        self.request("setExceptionBreakpoints", filters=[])
        self.request("configurationDone")

    def stopped(self) -> Frame:
        """Wait until a thread stops; its innermost frame."""
        thread = self.event("stopped")["threadId"]
        frame = self.request("stackTrace", threadId=thread)["stackFrames"][0]
        return Frame(frame["id"], thread, frame["name"], frame["source"]["path"], frame["line"])

    def evaluate(self, frame: Frame, expression: str) -> str:
        """The value of an expression in a frame, as it is shown."""
        answer = self.request("evaluate", frameId=frame.id, expression=expression, context="repl")
        return str(answer["result"])

    def variables(self, frame: Frame) -> dict[str, str]:
        """The values of a frame's local variables by name, as they are shown."""
        scopes = self.request("scopes", frameId=frame.id)["scopes"]
        [reference] = [one["variablesReference"] for one in scopes if one["name"] == "Locals"]
        answer = self.request("variables", variablesReference=reference)
        return {one["name"]: one["value"] for one in answer["variables"]}

    def step_in(self, frame: Frame) -> Frame:
        """Take a step, into a call if there is one; where that leads."""
        self.request("stepIn", threadId=frame.thread)
        return self.stopped()

    def go_on(self, frame: Frame) -> None:
        """Let all threads run."""
        self.request("continue", threadId=frame.thread)

    def leave(self) -> None:
        """Leave what is debugged to itself."""
        self.request("disconnect", terminateDebuggee=False)

    def request(self, command: str, **arguments: Any) -> Any:
        """Send a request; the body of its response, which has to be a success."""
        self._sent += 1
        request = {"seq": self._sent, "type": "request", "command": command}
        body = json.dumps({**request, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        while True:
            message = self._receive()
            if message["type"] == "event":
                self._events.append(message)
            elif message.get("request_seq") == self._sent:
                assert message["success"], message
                return message.get("body")

    def event(self, name: str) -> Any:
        """Wait for an event; its body. Events of other names before it are passed over."""
        while True:
            event = self._events.pop(0) if self._events else self._receive()
            if event.get("event") == name:
                return event.get("body", {})

    def _receive(self) -> dict[str, Any]:
        length = 0
        while header := self._received.readline().strip():
            if header.startswith(b"Content-Length:"):
                length = int(header.partition(b":")[2])
        assert length, "the connection was closed"
        message: dict[str, Any] = json.loads(self._received.read(length))
        return message
