"""A terminal of a given width, in which a command runs, and what a person then sees."""

import errno
import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

_LINES = 2000


def seen(
    command: Sequence[str | Path], columns: int, cwd: Path, variables: Mapping[str, str]
) -> list[str]:
    """Run a command in a terminal; the lines that are on it at the end, without trailing spaces."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    inherited = {k: v for k, v in variables.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    with subprocess.Popen(
        command,
        cwd=cwd,
        env={**inherited, "TERM": "xterm-256color"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    ) as process:
        os.close(slave)
        written = b"".join(iter(lambda: _read(master), b""))
        process.wait()
    os.close(master)
    return shown(written, columns)


def shown(written: bytes, columns: int) -> list[str]:
    """The lines that a terminal shows of what was written to it, without trailing spaces."""
    screen = pyte.Screen(columns, _LINES)
    pyte.ByteStream(screen).feed(written)
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError as error:
        # Linux's answer when the last process of the terminal has ended.
        if error.errno == errno.EIO:
            return b""
        raise
