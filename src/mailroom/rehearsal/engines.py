"""The engines of a rehearsal: LocalStack and MiniStack."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Protocol

from mailroom.environments.embedded.localstack import LocalStackServer
from mailroom.environments.embedded.processes import ProcessRecord, start_detached, stop_processes
from mailroom.environments.ports import free_port
from mailroom.errors import MailroomError, NoAnswer, StartFailed
from mailroom.local_http import get_json
from mailroom.project import Project
from mailroom.rehearsal.engine_name import EngineName
from mailroom.waiting import wait_until


class Engine(Protocol):
    """A server that emulates AWS."""

    @property
    def endpoint(self) -> str:
        """Its URL."""

    def start(self) -> ProcessRecord:
        """Start it empty; call `wait` before using it."""

    def wait(self, process: ProcessRecord) -> None:
        """Wait until it answers."""

    def stop(self) -> bool:
        """Stop it; returns whether it ran."""


def make_engine(name: EngineName, project: Project) -> Engine:
    """Make an engine that will listen on a free port, with its files in the project's state.

    Raises:
        MailroomError: It could not be installed.
    """
    if name is EngineName.localstack:
        return LocalStackServer(project, project.logs / "localstack.log", free_port())
    install_engine(project, "ministack", project.root / "emulator" / "ministack.txt")
    return MiniStackServer(project, project.logs / "ministack.log", free_port())


class MiniStackServer:
    """MiniStack as a process. It runs functions as processes.

    Args:
        project: The checkout.
        log: File that its log is appended to.
        port: TCP port on 127.0.0.1.
    """

    def __init__(self, project: Project, log: Path, port: int) -> None:
        self._command = project.interpreter("ministack").with_name("ministack")
        self._home = project.state / "ministack"
        self._log = log
        self._port = port

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> ProcessRecord:
        """Start it empty; call `wait` before using it."""
        self._home.mkdir(parents=True, exist_ok=True)
        return start_detached(
            [self._command],
            self._log,
            {
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self._home),
                "TMPDIR": str(self._home),
                "STATE_DIR": str(self._home / "state"),
                # Its default is every interface.
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self._port),
            },
            self._home,
        )

    def wait(self, process: ProcessRecord) -> None:
        """Wait until it answers.

        Raises:
            StartFailed: The process ended, or did not answer in time.
        """

        def ready() -> bool:
            if not process.alive():
                raise StartFailed("MiniStack ended while it started", f"see {self._log}")
            try:
                return bool(get_json(f"{self.endpoint}/_localstack/health"))
            except NoAnswer:
                return False

        wait_until(ready, "MiniStack", 60)

    def stop(self) -> bool:
        """Stop it; returns whether it ran."""
        return stop_processes(self._home, str(self._command), signal.SIGTERM, seconds=5)


def install_engine(project: Project, name: str, lock: Path) -> None:
    """Install an environment in .envs from a lock, unless it is installed already.

    Raises:
        MailroomError: It could not be installed.
    """
    environment = project.root / ".envs" / name
    stamp = environment / ".inputs"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return
    python = environment / "bin" / "python"
    commands: list[list[str | Path]] = [
        ["venv", "--quiet", "--clear", "--python", project.interpreter("engine"), environment],
        ["pip", "sync", "--quiet", "--python", python, "--require-hashes", lock],
    ]
    for command in commands:
        run = subprocess.run([project.uv, *command], capture_output=True, text=True)
        if run.returncode:
            shutil.rmtree(environment, ignore_errors=True)
            raise MailroomError(
                f"the environment {name} could not be installed", run.stderr.strip()
            )
    stamp.write_text(lock.read_text())
