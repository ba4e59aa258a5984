"""Starts and stops processes that outlive the command, and identifies them later."""

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from mailroom.errors import StartFailed
from mailroom.interrupts import uninterrupted
from mailroom.waiting import wait_until


@dataclass(frozen=True)
class ProcessRecord:
    """A process that the toolbox started.

    Attributes:
        pid: Its process id.
        folder: Its working directory, which no other program uses. It identifies the process, as
            its id may be reused, and its creation time changes when the clock is set.
    """

    pid: int
    folder: str

    @classmethod
    def from_json(cls, document: dict[str, Any] | None) -> Self | None:
        """The process of a state file; None for null.

        Raises:
            KeyError, TypeError, ValueError: It is not one.
        """
        if not document:
            return None
        pid, folder = document["pid"], document["folder"]
        if not (isinstance(pid, int) and 0 < pid < 2**31 and isinstance(folder, str)):
            raise ValueError(f"{document} is no process")
        return cls(pid, folder)

    def alive(self) -> bool:
        """Whether this process still runs."""
        return self._process() is not None

    def stop(self, number: int, seconds: float) -> None:
        """Send it a signal; after `seconds` kill it and its children, those that still run."""
        family = self.family()
        if not family:
            return
        with suppress(psutil.NoSuchProcess):
            family[0].send_signal(number)
            # A paused process would not heed it.
            _resume(family)
            _, left = psutil.wait_procs(family, timeout=seconds)
            for straggler in left:
                with suppress(psutil.NoSuchProcess):
                    straggler.kill()
            psutil.wait_procs(left, timeout=5)

    def family(self) -> list[psutil.Process]:
        """This process and what it has started; nothing when it has ended."""
        process = self._process()
        with suppress(psutil.NoSuchProcess):
            return [process, *process.children(recursive=True)] if process else []
        return []

    def resume(self) -> None:
        """Let it go on, and what it has started, if a command was killed that had paused them."""
        _resume(self.family())

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            ours = process.status() != psutil.STATUS_ZOMBIE and process.cwd() == self.folder
            return process if ours else None
        except psutil.Error:
            return None


@contextmanager
def paused(records: Iterable[ProcessRecord]) -> Iterator[None]:
    """Let processes, and what they have started, do nothing during the block."""
    stopped: list[psutil.Process] = []
    try:
        for record in records:
            # What starts others stops, too, so in the end there is none that isn't known.
            while fresh := [one for one in record.family() if one not in stopped]:
                stopped += fresh
                for process in fresh:
                    with suppress(psutil.NoSuchProcess):
                        process.suspend()
        # One that writes to the disk heeds the signal when it has written.
        wait_until(lambda: all(map(_rests, stopped)), "the processes to pause", 10)
        yield
    finally:
        with uninterrupted():
            _resume(reversed(stopped))


def _rests(process: psutil.Process) -> bool:
    try:
        return process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def _resume(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.resume()


def stop_processes(folder: Path, program: str, number: int, seconds: float) -> bool:
    """Stop the processes that run `program` in a folder, also those that no state file names.

    Args:
        folder: Their working directory.
        program: Name of their executable, or one of their arguments.
        number: The first signal.
        seconds: After that they are killed, with their children.

    Returns:
        Whether a process ran.
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


def kill_groups(beginning: str) -> None:
    """Kill the process groups of which a process has an argument with this beginning."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            if any(argument.startswith(beginning) for argument in process.cmdline()):
                os.killpg(os.getpgid(process.pid), signal.SIGKILL)


def start_detached(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str],
    folder: Path,
    user: str | None = None,
) -> ProcessRecord:
    """Start a process in its own session; of the toolbox's files only the log is open in it.

    What it creates, and the log, only its user may read.

    Args:
        command: Program and arguments.
        log: File that its output is appended to.
        environment: All its environment variables.
        folder: Its working directory, which no other program uses.
        user: The user that it runs as; None for the current one. Only root may choose.

    Raises:
        StartFailed: The program could not be executed.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as output:
        os.fchmod(output.fileno(), 0o600)
        try:
            process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                start_new_session=True,
                user=user,
                umask=0o077,
                cwd=folder,
            )
        except OSError as error:
            raise StartFailed(f"could not start {command[0]}: {error.strerror}") from error
    return ProcessRecord(process.pid, str(folder.resolve()))
