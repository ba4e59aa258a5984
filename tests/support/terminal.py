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

_WIDE = 400


def seen(
    command: Sequence[str | Path],
    columns: int,
    cwd: Path,
    variables: Mapping[str, str],
    wrapped: bool = True,
) -> list[str]:
    """Run a command in a terminal; the lines that are on it at the end, without trailing spaces.

    Args:
        command: The command.
        columns: The terminal's width, as the command is told.
        cwd: Where it runs.
        variables: Its environment variables.
        wrapped: Whether the terminal breaks longer lines, as terminals do.
    """
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
    return shown(written, columns if wrapped else _WIDE)


def answered(
    command: Sequence[str | Path], answer: str, cwd: Path, variables: Mapping[str, str]
) -> tuple[int, str]:
    """Run a command in a terminal and type a line; its exit code, and what it wrote."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, cwd=cwd, env=variables, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        os.write(master, f"{answer}\n".encode())
        written = b"".join(iter(lambda: _read(master), b""))
    os.close(master)
    return process.returncode, written.decode()


def shown(written: bytes, columns: int) -> list[str]:
    """The lines that a terminal shows of what was written to it, without trailing spaces."""
    # Not more lines than it may fill: each is read whole.
    filled = written.count(b"\n") + len(written) // columns + 1
    screen = pyte.Screen(columns, filled)
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
