"""The folders of functions' code: kept while somebody works in them, and prepared for that."""

import os
import shutil
import threading
from collections import Counter
from functools import lru_cache
from pathlib import Path

BYTECODE = "__pycache__"


class CodeFolders:
    """Counts who uses a folder, and removes it when nobody does any more."""

    def __init__(self) -> None:
        """Knows of none yet."""
        self._lock = threading.Lock()
        self._users: Counter[Path] = Counter()
        self._unwanted: dict[Path, Path] = {}

    def use(self, folder: Path) -> None:
        """Has a folder kept until it is released."""
        with self._lock:
            self._users[folder] += 1

    def release(self, folder: Path) -> None:
        """Ends one use of a folder; the last removes it if it is unwanted."""
        with self._lock:
            self._users[folder] -= 1
            if self._users[folder] > 0:
                return
            del self._users[folder]
            unwanted = self._unwanted.pop(folder, None)
        if unwanted is not None:
            shutil.rmtree(unwanted, ignore_errors=True)

    def remove(self, folder: Path, whole: Path) -> None:
        """Removes a folder with what is around it, now or when nobody uses it any more.

        Args:
            folder: that is used or not.
            whole: what is removed, `folder` with it.
        """
        with self._lock:
            if self._users[folder] > 0:
                self._unwanted[folder] = whole
                return
            del self._users[folder]
        shutil.rmtree(whole, ignore_errors=True)


@lru_cache(maxsize=256)
def bytecode_folders(root: Path) -> tuple[Path, ...]:
    """Where Python keeps the bytecode of code that doesn't change; the folders are made.

    A function can write nowhere in its code. Were its bytecode not kept either, each of its
    environments would compile all that it imports anew.
    """
    folders = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name != BYTECODE]
        if any(file.endswith(".py") for file in files):
            bytecode = Path(folder, BYTECODE)
            bytecode.mkdir(exist_ok=True)
            folders.append(bytecode)
    return tuple(folders)
