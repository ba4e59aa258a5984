"""LocalStack's side of the guard: tells it which processes there are."""

import subprocess
import sys
import threading
from pathlib import Path

from mailroom_localstack import guard


class Guardian:
    """Starts the guard when it is first needed, and again should it have died."""

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._watched: dict[int, Path] = {}

    def watch(self, group: int, folder: Path) -> None:
        """Has a process group killed and its folder removed when this process is gone."""
        with self._lock:
            self._watched[group] = folder
            self._tell(f"+ {group} {folder}")

    def release(self, group: int) -> None:
        """Forgets a process group that has ended."""
        with self._lock:
            if self._watched.pop(group, None) is not None:
                self._tell(f"- {group} ")

    def _tell(self, line: str) -> None:
        try:
            if self._process is not None:
                _write(self._process, [line])
                return
        except BrokenPipeError:
            pass
        self._process = _start()
        _write(self._process, [f"+ {group} {folder}" for group, folder in self._watched.items()])


def _write(process: subprocess.Popen[bytes], lines: list[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("".join(f"{line}\n" for line in lines).encode())


def _start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(guard.__file__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env={},
        cwd="/",
        start_new_session=True,
    )
