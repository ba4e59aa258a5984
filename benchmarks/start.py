"""How long `up` takes, beside LocalStack's own start."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figure import Figure, in_turn, seconds
from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.parity.engines import plain_localstack

ROUNDS = 9


def measure_up(project: Project) -> Figure:
    """`mailroom up` as a whole process, down before each, beside LocalStack without our plugin."""
    _bare(project)
    _up(project)
    up, bare = in_turn(ROUNDS, lambda: _up(project), lambda: _bare(project))
    against = "LocalStack's own start to its health page"
    return Figure("up, to topology ready", up, against, bare, 3.0, "s")


def measure_templates(project: Project) -> Figure:
    """`mailroom up` with the template's properties validated, and without."""
    validated, unlooked = in_turn(
        ROUNDS, lambda: _up(project), lambda: _up(project, MAILROOM_VALIDATION="off")
    )
    against = "the same, unvalidated"
    return Figure("up, template validated", validated, against, unlooked, 1.05, "s")


def run_mailroom(project: Project, *arguments: str, **variables: str) -> str:
    """What the command prints, on the benchmarks' own environment."""
    port = project.state / "port"
    if not port.exists():
        project.state.mkdir(parents=True, exist_ok=True)
        port.write_text(str(free_port()))
    return subprocess.run(
        [Path(sys.executable).with_name("mailroom"), *arguments],
        env={
            **os.environ,
            **variables,
            "MAILROOM_STATE": str(project.state),
            "MAILROOM_PORT": port.read_text(),
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def _up(project: Project, **variables: str) -> float:
    taken = seconds(lambda: run_mailroom(project, "up", **variables))
    run_mailroom(project, "down")
    return taken


def _bare(project: Project) -> float:
    server = plain_localstack(project)
    started = time.perf_counter()
    process = server.start()
    try:
        server.wait(process)
        return time.perf_counter() - started
    finally:
        process.stop(signal.SIGKILL, seconds=10)
