"""Temporary folders in the environment's state, which a command that is killed doesn't leave."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailroom.locks import locked

NAME = "tmp"


@contextmanager
def temporary_folder(state: Path) -> Iterator[Path]:
    """A new folder, deleted at the end of the block; those of killed commands are deleted now.

    A command locks its folder while it uses it, and the system ends the lock with the process.

    Args:
        state: `Project.state`.
    """
    parent = state / NAME
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(parent):
        for folder in parent.iterdir():
            _delete_unused(folder)
        made = Path(tempfile.mkdtemp(dir=parent))
        lock = os.open(made, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(lock)


def _delete_unused(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)
