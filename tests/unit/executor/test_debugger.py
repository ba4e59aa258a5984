"""An invocation under a real debugger: debugpy, driven over the Debug Adapter Protocol."""

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from mailroom_localstack.debug.session import TERMINATED, DebugRequest, end_of_messages
from mailroom_localstack.debug.sessions import DebugSessions
from mailroom_localstack.executor.processes.runtime_api import Event

from mailroom.environments.ports import free_port, is_free
from mailroom.project import Project
from tests.support.debugger import Debugger

from .conftest import Eventually, Function, MakeFunction, Result

ANSWERS = """
    import json, os, sys, time

    def handler(event, context):
        begun = time.monotonic()
        answer = {
            "pid": os.getpid(),
            "path": sys.path,
            "variables": sorted(os.environ),
            "milliseconds": context.get_remaining_time_in_millis(),
            "bytes": len(b"x" * (event or 0)),
        }
        json.dumps(answer)
        return answer
"""
LAST_LINE = "return answer"
SLEEPS = "import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'"


@dataclass
class Desk:
    """Where a test asks for a debugger, and invokes what waits for it."""

    sources: Path
    threads: ThreadPoolExecutor
    debuggers: DebugSessions = field(default_factory=DebugSessions)
    port: int = field(default_factory=free_port)

    def arm(self, id: str = "", containing: str = "") -> None:
        debugpy = Project.find().packages("debugger")
        self.debuggers.arm(DebugRequest(id, "app", containing, self.port, self.sources, debugpy))

    def claim(self, event: Event) -> Any:
        return self.debuggers.claim("app", event.request_id, event.payload)

    def invoke(self, function: Function, payload: object = None) -> Future[Result]:
        return self.threads.submit(function.invoke, payload)

    @property
    def states(self) -> list[str]:
        [debugger] = self.debuggers.as_json()
        return list(debugger["states"])


@pytest.fixture
def desk(task_root: Path) -> Iterator[Desk]:
    with ThreadPoolExecutor() as threads:
        desk = Desk(task_root, threads)
        yield desk
        desk.debuggers.dismiss()


@pytest.fixture
def function(make_function: MakeFunction, desk: Desk) -> Function:
    """A live function with a second for an invocation."""
    return make_function(ANSWERS, live=True, timeout_seconds=1, debugger_for=desk.claim)


def test_it_stops_at_a_line_for_longer_than_the_function_has_time(
    function: Function, desk: Desk, eventually: Eventually, task_root: Path
) -> None:
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        debugger.attach({task_root / "app.py": LAST_LINE})
        frame = debugger.stopped()
        eventually(
            lambda: float(debugger.evaluate(frame, "time.monotonic() - begun")) > 1.5,
            "the function's time to pass",
        )
        variables = debugger.variables(frame)
        debugger.go_on(frame)
        debugger.event("terminated")
        debugger.leave()

    assert (frame.name, frame.path) == ("handler", str(task_root / "app.py"))
    assert variables["event"] == "None"
    assert not invocation.result().is_error
    assert [line.split()[0] for line in invocation.result().lines] == ["START", "END", "REPORT"]
    assert desk.states == ["armed", "waiting", "attached", "ended"]


def test_the_function_is_told_that_it_has_time_and_gets_memory_beyond_its_limit(
    function: Function, desk: Desk
) -> None:
    desk.arm()
    invocation = desk.invoke(function, 300_000_000)

    with Debugger(desk.port) as debugger:
        debugger.attach({})
        debugger.event("terminated")

    value = invocation.result().value
    assert value["milliseconds"] > 3_600_000
    assert value["bytes"] == 300_000_000


def test_the_function_finds_debugpy_neither_on_its_path_nor_in_its_variables(
    function: Function, desk: Desk
) -> None:
    usual = function.invoke().value
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        debugger.attach({})

    debugged = invocation.result().value
    assert debugged["path"] == usual["path"]
    assert debugged["variables"] == usual["variables"]


def test_the_next_invocation_is_not_held_and_has_a_process_of_its_own(
    function: Function, desk: Desk
) -> None:
    before = function.invoke().value
    desk.arm()
    invocation = desk.invoke(function)
    with Debugger(desk.port) as debugger:
        debugger.attach({})

    debugged, after = invocation.result().value, function.invoke().value

    assert len({before["pid"], debugged["pid"], after["pid"]}) == 3
    assert after["milliseconds"] <= 1000


def test_only_an_invocation_that_contains_the_text_is_held(function: Function, desk: Desk) -> None:
    desk.arm(containing="77")

    other = function.invoke(1)
    invocation = desk.invoke(function, 77)
    with Debugger(desk.port) as debugger:
        debugger.attach({})

    assert not other.is_error
    assert invocation.result().value["bytes"] == 77


def test_when_the_debugger_has_left_the_time_out_counts_again(
    make_function: MakeFunction, desk: Desk
) -> None:
    function = make_function(SLEEPS, timeout_seconds=0.5, debugger_for=desk.claim)
    desk.arm()
    invocation = desk.invoke(function, 30)

    with Debugger(desk.port) as debugger:
        debugger.attach({})
        debugger.leave()

    assert invocation.result().value["errorType"] == "Sandbox.Timedout"
    assert desk.states == ["armed", "waiting", "attached", "detached", "ended"]


def test_a_debugger_that_vanishes_leaves_a_function_that_goes_on(
    function: Function, desk: Desk, task_root: Path
) -> None:
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        debugger.attach({task_root / "app.py": LAST_LINE})
        debugger.stopped()

    assert not invocation.result().is_error


def test_a_process_that_ends_under_a_debugger_ends_the_session_and_fails_as_usual(
    function: Function, desk: Desk, task_root: Path
) -> None:
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        debugger.attach({task_root / "app.py": LAST_LINE})
        pid = int(debugger.evaluate(debugger.stopped(), "answer['pid']"))
        psutil.Process(pid).send_signal(signal.SIGKILL)
        debugger.event("terminated")

    assert invocation.result().value["errorType"] == "Runtime.ExitError"
    assert desk.states[-1] == "ended"


def test_who_only_tries_the_port_is_no_debugger(function: Function, desk: Desk) -> None:
    desk.arm()
    invocation = desk.invoke(function)

    socket.create_connection(("127.0.0.1", desk.port)).close()
    with Debugger(desk.port) as debugger:
        debugger.attach({})

    assert not invocation.result().is_error


def test_a_debugger_may_come_before_the_invocation(
    function: Function, desk: Desk, task_root: Path
) -> None:
    desk.arm()
    with Debugger(desk.port) as debugger:
        attaching = desk.threads.submit(debugger.attach, {task_root / "app.py": LAST_LINE})

        invocation = desk.invoke(function)

        attaching.result()
        debugger.go_on(debugger.stopped())
    assert not invocation.result().is_error


def test_what_waits_goes_on_without_a_debugger_when_it_is_dismissed(
    function: Function, desk: Desk, eventually: Eventually
) -> None:
    desk.arm()
    invocation = desk.invoke(function)
    eventually(lambda: desk.states[-1] == "waiting", "the invocation to wait")

    desk.debuggers.dismiss()

    result = invocation.result()
    assert result.value["milliseconds"] <= 1000
    assert result.lines[0].startswith("START ")
    assert is_free(desk.port)


def test_what_is_armed_no_longer_holds_an_invocation_when_it_is_dismissed(
    function: Function, desk: Desk
) -> None:
    desk.arm("1")

    desk.debuggers.dismiss("another")
    assert not is_free(desk.port)
    desk.debuggers.dismiss("1")

    assert is_free(desk.port)
    assert not function.invoke().is_error


def test_a_taken_port_is_an_error_at_once(desk: Desk) -> None:
    desk.arm()

    with pytest.raises(OSError, match="in use") as taken:
        desk.arm()

    assert taken.value.errno == errno.EADDRINUSE


def test_what_waits_ends_with_its_environment(
    function: Function, desk: Desk, eventually: Eventually, is_alive: Callable[[int], bool]
) -> None:
    desk.arm()
    invocation = desk.invoke(function)
    eventually(lambda: desk.states[-1] == "waiting", "the invocation to wait")

    function.environment.stop(at_once=True)

    with pytest.raises(Exception, match="stopped during the invocation"):
        invocation.result()
    assert is_free(desk.port)


def test_breakpoints_in_the_sources_are_found_in_a_package_of_them(
    make_function: MakeFunction, desk: Desk, tmp_path: Path, task_root: Path
) -> None:
    function = make_function(ANSWERS, debugger_for=desk.claim)
    desk.sources = tmp_path / "sources"
    desk.sources.mkdir()
    source = (task_root / "app.py").rename(desk.sources / "app.py")
    (task_root / "app.py").write_text(source.read_text())
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        mapping = {"localRoot": str(desk.sources), "remoteRoot": "."}
        debugger.attach({source: LAST_LINE}, pathMappings=[mapping])
        frame = debugger.stopped()
        debugger.go_on(frame)

    assert frame.path == str(source)
    assert not invocation.result().is_error


def test_steps_lead_into_linked_sources_and_past_dependencies(
    make_function: MakeFunction, desk: Desk, tmp_path: Path, task_root: Path
) -> None:
    package = tmp_path / "sources" / "package"
    package.mkdir(parents=True)
    (package / "handler.py").write_text(
        "import dependency\n"
        "from package import logic\n"
        "def handler(event, context):\n"
        "    first = dependency.call()\n"
        "    return logic.call(first)\n"
    )
    (package / "logic.py").write_text("def call(given):\n    return given * 2\n")
    (task_root / "dependency.py").write_text("def call():\n    return 1\n")
    (task_root / "package").symlink_to(package)
    desk.sources = package.parent
    function = make_function(handler="package.handler.handler", live=True, debugger_for=desk.claim)
    desk.arm()
    invocation = desk.invoke(function)

    with Debugger(desk.port) as debugger:
        debugger.attach({package / "handler.py": "dependency.call()"})
        past = debugger.step_in(debugger.stopped())
        inside = debugger.step_in(past)
        debugger.go_on(inside)

    assert (past.path, past.line) == (str(package / "handler.py"), 5)
    assert (inside.path, inside.line) == (str(package / "logic.py"), 2)
    assert invocation.result().value == 2


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (TERMINATED, len(TERMINATED)),
        (b"Content-Length: 2\r\n\r\n{", 0),
        (b"Content-Length: 2\r\n\r\n{}", 23),
        (b"Content-Length: 2\r\n\r\n{}Content-Le", 23),
        (b"Content-Length: 2\r\n\r\n{}Content-Length: 1\r\n\r\n", 23),
        (b"Content-Length: 2\r\n\r\n{}Content-Length: 1\r\n\r\n1", 45),
    ],
)
def test_messages_are_passed_on_whole(data: bytes, end: int) -> None:
    assert end_of_messages(data) == end
