"""Processes that outlive the command that starts them, and are told apart from strangers."""

import os
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from mailroom.errors import PortTaken, StartFailed


@dataclass(frozen=True)
class ProcessRecord:
    """A process that we started.

    Attributes:
        pid: Its process id.
        created: When it was created, in seconds since the epoch: a recycled pid has another.
    """

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """The record of a running process."""
        return cls(pid, psutil.Process(pid).create_time())

    @classmethod
    def from_json(cls, document: dict[str, Any] | None) -> Self | None:
        return cls(**document) if document else None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return self._process() is not None

    def stop(self, gently: int, seconds: float) -> None:
        """Send the signal `gently`; after `seconds` kill what is left of it and its children."""
        process = self._process()
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            family = [process, *process.children(recursive=True)]
            process.send_signal(gently)
            _, left = psutil.wait_procs(family, timeout=seconds)
            for straggler in left:
                with suppress(psutil.NoSuchProcess):
                    straggler.kill()
            psutil.wait_procs(left, timeout=5)

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def start_detached(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str],
    user: str | None = None,
    folder: Path | None = None,
) -> ProcessRecord:
    """Start a process in a session of its own, with no open file of ours but its log.

    Args:
        command: Program and arguments.
        log: Appended to with its output.
        environment: All of its environment variables.
        user: Whom it runs as, if not as us; only root may choose.
        folder: Its working directory.

    Raises:
        StartFailed: The program could not be executed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
                user=user,
                cwd=folder,
            )
        except OSError as error:
            raise StartFailed(f"could not start {command[0]}: {error.strerror}") from error
    return ProcessRecord.of(process.pid)


def require_free_port(port: int, what: str) -> None:
    """Make sure that nobody listens on 127.0.0.1:`port`.

    Raises:
        PortTaken: Somebody does; the message says who, where the system tells.
    """
    holder = _listener(port)
    if holder is None and not is_free(port):
        holder = "a process of another user"
    if holder:
        raise PortTaken(
            f"port {port}, which {what} needs, is held by {holder}",
            "stop that process, or choose another port: mailroom up --port PORT",
        )


def _listener(port: int) -> str | None:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
        if listens and connection.pid:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(connection.pid)
                return f"process {process.pid} ({' '.join(process.cmdline()[:4])})"
    return None


def is_free(port: int) -> bool:
    """Whether 127.0.0.1:`port` can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
