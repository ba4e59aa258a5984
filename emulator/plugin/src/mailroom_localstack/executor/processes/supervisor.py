"""Starts the supervisor's process, and tells it which process groups there are."""

import contextlib
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from mailroom_localstack.executor.processes import supervisor_process


class Supervisor:
    """Kills the processes of functions when LocalStack is gone, by a process of its own."""

    def __init__(self) -> None:
        """Start nothing until there is a process to watch."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._groups: set[int] = set()
        self._folder: Path | None = None

    def make_folder(self) -> Path:
        """Make a folder that is removed at the latest when LocalStack's process is gone."""
        with self._lock:
            if self._process is None:
                self._start()
            return Path(tempfile.mkdtemp(dir=self._made_folder()))

    @property
    def folder(self) -> Path:
        """Its folder, which identifies this LocalStack's processes: each has it as an argument."""
        with self._lock:
            return self._made_folder()

    def watch(self, group: int) -> None:
        """Kill a process group when LocalStack's process is gone."""
        with self._lock:
            self._groups.add(group)
            self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        """Stop watching a process group that has ended."""
        with self._lock:
            if group in self._groups:
                self._groups.remove(group)
                self._tell(f"-{group}\n")

    def _tell(self, line: str) -> None:
        if self._process is None:
            self._start()
        else:
            self._write(line)

    def _write(self, lines: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        # A process that has ended is replaced, and the next one is told every group.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(lines.encode())

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", supervisor_process.__file__, self._made_folder()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
        self._write("".join(f"+{group}\n" for group in self._groups))
        threading.Thread(target=self._replace_when_ended, daemon=True).start()

    def _replace_when_ended(self) -> None:
        assert self._process is not None
        self._process.wait()
        with self._lock:
            self._start()

    def _made_folder(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="mailroom-lambda-"))
        return self._folder
