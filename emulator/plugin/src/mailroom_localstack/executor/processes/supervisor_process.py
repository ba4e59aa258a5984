"""Ends the processes of functions when LocalStack is gone, however it went.

Run as a process of its own, with the folder that is to be removed at the end. It reads from
standard input one line for each process group: ``+group`` when it starts, ``-group`` when it has
ended. LocalStack alone holds the other end, so the end of the input means that LocalStack is no
more, even by ``kill -9``: then what is left is killed. A process outside is needed: in the
function's own nothing can be relied on, as its code may hold the interpreter's lock for ever.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def guard(lines: Iterable[str], folder: str) -> None:
    """Follows the lines to their end, then kills the groups that are left."""
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
    guard(sys.stdin, sys.argv[1])
