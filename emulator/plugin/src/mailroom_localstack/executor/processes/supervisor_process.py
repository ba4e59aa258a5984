"""The supervisor's process: it kills the processes of functions when LocalStack is gone.

Its argument is the folder to remove at the end. It reads from standard input one line for each
process group: ``+group`` when the group starts, ``-group`` when it has ended. Only LocalStack has
the other end, so the input ends when LocalStack does, even by ``kill -9``; then the groups that are
left are killed. A thread in the function's process could not do it, as the function's code may
never release the interpreter's lock.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def supervise(lines: Iterable[str], folder: str) -> None:
    """Read the lines to their end, then kill the groups that are left."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    supervise(sys.stdin, sys.argv[1])
