"""Ends the processes of functions when LocalStack is gone, however it went.

Run as a process of its own. It reads from standard input one line for each process group:
``+ <group> <folder>`` when it starts, ``- <group> `` when it has ended. LocalStack alone holds
the other end, so the end of the input means that LocalStack is no more, even by ``kill -9``:
then what is left is killed. A process outside is needed: in the function's own process
nothing can be relied on, as its code may hold the interpreter's lock for ever.
"""

import contextlib
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def guard(lines: Iterable[str]) -> None:
    """Follows the lines to their end, then kills the groups that are left."""
    folders: dict[int, str] = {}
    for line in lines:
        sign, number, folder = line.rstrip("\n").split(" ", 2)
        if sign == "+":
            folders[int(number)] = folder
        else:
            folders.pop(int(number), None)
    for group in folders:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    guard(sys.stdin)
