"""Processes that outlive the command that starts them, and are told apart from strangers."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from mailroom.errors import StartFailed


@dataclass(frozen=True)
class ProcessRecord:
    """A process that we started.

    Attributes:
        pid: Its process id.
        folder: Its working directory, which is ours alone: a recycled pid has another. (The time
            of its creation would not do: it shifts when the machine's clock is set.)
    """

    pid: int
    folder: str

    @classmethod
    def from_json(cls, document: dict[str, Any] | None) -> Self | None:
        return cls(**document) if document else None

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return self._process() is not None

    def stop(self, number: int, seconds: float) -> None:
        """Send it a signal; after `seconds` kill what is left of it and its children."""
        process = self._process()
        if process is None:
            return
        with suppress(psutil.NoSuchProcess):
            family = [process, *process.children(recursive=True)]
            process.send_signal(number)
            _, left = psutil.wait_procs(family, timeout=seconds)
            for straggler in left:
                with suppress(psutil.NoSuchProcess):
                    straggler.kill()
            psutil.wait_procs(left, timeout=5)

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and process.cwd() == self.folder
            return process if ours else None
        except psutil.Error:
            return None


def stop_processes(folder: Path, program: str, number: int, seconds: float) -> bool:
    """Stop whatever runs `program` in a folder of ours: what we started, written down or not.

    Args:
        folder: Its working directory.
        program: Name of its executable, or one of its arguments.
        number: The signal to begin with.
        seconds: After that it is killed, with those of its children that are left.

    Returns:
        Whether there was any.
    """
    resolved = str(folder.resolve())
    parents = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.cwd() == resolved and (
                program in process.cmdline() or Path(process.exe()).name == program
            ):
                parents[process.pid] = process.ppid()
    outermost = [pid for pid, parent in parents.items() if parent not in parents]
    for pid in outermost:
        ProcessRecord(pid, resolved).stop(number, seconds)
    return bool(outermost)


def start_detached(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str],
    folder: Path,
    user: str | None = None,
) -> ProcessRecord:
    """Start a process in a session of its own, with no open file of ours but its log.

    Args:
        command: Program and arguments.
        log: Appended to with its output.
        environment: All of its environment variables.
        folder: Its working directory, in which nobody else works.
        user: Whom it runs as, if not as us; only root may choose.

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
    return ProcessRecord(process.pid, str(folder.resolve()))
