"""Who listens on a port: a Mailroom, of which checkout, or another program."""

import os
import shlex
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_ENGINE = "mailroom_localstack"
_FOLDER = '{{.Label "com.docker.compose.project.working_dir"}}'


@dataclass(frozen=True)
class PortUser:
    """Who listens on a port.

    Attributes:
        name: Its name for the user.
        checkout: The checkout, if it is a Mailroom.
        state: Its folder of state, if it is an embedded one.
    """

    name: str
    checkout: Path | None = None
    state: Path | None = None

    @property
    def way_out(self) -> str:
        """How to stop it."""
        if self.checkout is None:
            return "stop that process"
        own = self.state in (None, self.checkout / ".mailroom")
        variable = "" if own else f"MAILROOM_STATE={shlex.quote(os.fspath(self.state or ''))} "
        return f"stop it there: cd {shlex.quote(os.fspath(self.checkout))} && {variable}make down"


def port_user(port: int) -> PortUser:
    """Who listens on a port of 127.0.0.1, as far as the system tells."""
    process = _listener(port)
    if process is not None:
        with suppress(psutil.Error):
            command = process.cmdline()
            if _ENGINE in command:
                return _embedded(Path(command[0]), Path(process.cwd()))
    checkout = _container_checkout(port)
    if checkout:
        return PortUser(f"the Mailroom of {checkout}, in containers", checkout)
    if process is None:
        return PortUser("a process of another user")
    with suppress(psutil.Error):
        return PortUser(f"process {process.pid} ({' '.join(process.cmdline()[:4])})")
    return PortUser(f"process {process.pid}")


def _embedded(interpreter: Path, folder: Path) -> PortUser:
    """A LocalStack of Mailroom, by CHECKOUT/.envs/engine/bin/python and STATE/localstack."""
    checkout = interpreter.parents[3]
    return PortUser(f"the Mailroom of {checkout}", checkout, folder.parent)


def _listener(port: int) -> psutil.Process | None:
    # One process at a time: on macOS only root may list all connections at once.
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,):
                    return process
    return None


def _container_checkout(port: int) -> Path | None:
    """The checkout whose container publishes a port; None without Docker."""
    command = ["docker", "ps", "--filter", f"publish={port}", "--format", _FOLDER]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    folder = Path(listed.strip() or "/")
    return folder if (folder / "infra" / "template.yml").is_file() else None
