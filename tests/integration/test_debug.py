"""`mailroom debug`: an invocation of the workflow waits for a real debugger."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailroom.debugging import armed
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port, is_free
from mailroom.project import Project
from tests.support.command import Command
from tests.support.debugger import Debugger, launch_configuration
from tests.support.events import alert, notification
from tests.support.flow import Flow, until
from tests.support.functions import Functions

pytestmark = pytest.mark.usefixtures("same_files")

HANDLER, INGESTION = PLACES = (
    ("process_messages/handler.py", "service(Settings.from_environment())"),
    ("process_messages/ingestion.py", "self._store(connection, entries)"),
)
SOURCE = """
import os, time

def handler(event, context):
    begun = time.monotonic()
    return os.getpid()
"""


@dataclass(frozen=True)
class Armed:
    """`mailroom debug`, while it runs.

    Attributes:
        process: Its process.
        port: Where it awaits a debugger.
    """

    process: subprocess.Popen[bytes]
    port: int
    output: Path

    @property
    def states(self) -> list[str]:
        """What it has told."""
        lines = [line for line in self.output.read_text().splitlines() if line.startswith("{")]
        return [json.loads(line)["state"] for line in lines]

    def tells(self, state: str) -> None:
        """Wait until it tells of a state."""
        until(lambda: state in self.states, f"{state!r} in {self.output.read_text()!r}")


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Threads in which to invoke what is held."""
    with ThreadPoolExecutor() as threads:
        yield threads


@contextmanager
def debugging(mailroom: Command, output: Path, *arguments: str) -> Iterator[Armed]:
    """Run `mailroom debug` until the block ends."""
    port = free_port()
    process = mailroom.start("debug", *arguments, f"--port={port}", "--json", output=output)
    try:
        one = Armed(process, port, output)
        one.tells("armed")
        yield one
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def test_an_execution_stops_in_handler_and_threads_and_goes_on_when_it_is_let(
    mailroom: Command, flow: Flow, project: Project, tmp_path: Path
) -> None:
    events = [alert(), notification()]
    handler, ingestion = (project.functions / file for file, _ in (HANDLER, INGESTION))
    with debugging(mailroom, tmp_path / "output", "process_messages") as command:
        execution = flow.start({"messages": events})
        command.tells("waiting")

        with Debugger(command.port) as debugger:
            places = {project.functions / file: text for file, text in PLACES}
            debugger.attach(places, **launch_configuration(project.root))
            first = debugger.stopped()
            batch = debugger.evaluate(first, "request.batch_id")
            debugger.go_on(first)
            second = debugger.stopped()
            entries = debugger.variables(second)["entries"]
            debugger.leave()
        ended = flow.ended(execution)
        assert command.process.wait(30) == 0

    assert (first.name, first.path) == ("handler", str(handler))
    assert batch == repr(execution.rpartition(":")[2])
    assert (second.name, second.path) == ("ingest", str(ingestion))
    assert entries.startswith("[Entry(")
    assert second.thread != first.thread
    assert (ended.status, ended.error) == ("SUCCEEDED", "")
    assert flow.ingested(events) == events
    # The invocation may end before the plugin notices that the debugger has left.
    told = [state for state in command.states if state != "detached"]
    assert told == ["armed", "waiting", "attached", "ended"]


def test_a_stop_longer_than_the_functions_time_out_and_everything_else_as_usual(
    environment: Environment, functions: Functions, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(SOURCE)
    function, port = functions.make(tmp_path, Timeout=1), free_port()
    with armed(environment.endpoint, function.name, port, tmp_path) as states:
        held = threads.submit(function.invoke)
        until(lambda: next(states).name == "waiting", "the invocation to wait")
        other = function.invoke()
        with Debugger(port) as debugger:
            debugger.attach({tmp_path / "app.py": "return"})
            frame = debugger.stopped()
            clock = "__import__('time').monotonic() - begun"
            until(lambda: float(debugger.evaluate(frame, clock)) > 2, "its time to pass")
            debugger.go_on(frame)
            debugger.event("terminated")

    results = [held.result(), other, function.invoke()]
    assert [result.error for result in results] == [None] * 3
    assert results[0].value not in (results[1].value, results[2].value)


def test_an_interrupt_disarms(mailroom: Command, flow: Flow, tmp_path: Path) -> None:
    with debugging(mailroom, tmp_path / "output", "process") as command:
        command.process.send_signal(signal.SIGINT)

        assert command.process.wait(30) == 130
        assert is_free(command.port)
    assert flow.send([alert()])["alert"]["ingested"] == 1


@pytest.mark.parametrize("how", ["interrupt", "--off"])
def test_what_waits_goes_on_without_a_debugger_when_it_is_disarmed(
    mailroom: Command, flow: Flow, tmp_path: Path, how: str
) -> None:
    with debugging(mailroom, tmp_path / "output", "publish_messages") as command:
        execution = flow.start({"messages": [alert()]})
        command.tells("waiting")

        if how == "--off":
            mailroom.run("debug", "--off")
        else:
            command.process.send_signal(signal.SIGINT)

        assert command.process.wait(30) == (0 if how == "--off" else 130)
        assert flow.ended(execution).status == "SUCCEEDED"


def test_a_taken_port_is_refused(mailroom: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        run = mailroom.run("debug", "migrate", "--port", str(port), code=2)

    assert f"port {port}, which the debugger needs, is used by process {os.getpid()}" in run.stderr
    assert "mailroom debug --port" in run.stderr
