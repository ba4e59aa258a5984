"""The folders of functions' code: when they are removed, and where their bytecode goes."""

import os
import shutil
import threading
from collections import Counter
from functools import lru_cache
from pathlib import Path

BYTECODE = "__pycache__"


class CodeFolders:
    """Counts the execution environments that use a folder, and removes it after the last."""

    def __init__(self) -> None:
        """Start with no folder in use."""
        self._lock = threading.Lock()
        self._users: Counter[Path] = Counter()
        self._to_remove: dict[Path, Path] = {}

    def use(self, folder: Path) -> None:
        """Keep a folder until it is released."""
        with self._lock:
            self._users[folder] += 1

    def release(self, folder: Path) -> None:
        """End one use of a folder; the last one removes it if it is to be removed."""
        with self._lock:
            self._users[folder] -= 1
            if self._users[folder] > 0:
                return
            del self._users[folder]
            removed = self._to_remove.pop(folder, None)
        if removed is not None:
            shutil.rmtree(removed, ignore_errors=True)

    def remove(self, folder: Path, whole: Path) -> None:
        """Remove a folder with what is around it, now or when it isn't used any more.

        Args:
            folder: the folder whose uses are counted.
            whole: the folder to remove, which contains `folder`.
        """
        with self._lock:
            if self._users[folder] > 0:
                self._to_remove[folder] = whole
                return
            del self._users[folder]
        shutil.rmtree(whole, ignore_errors=True)


@lru_cache(maxsize=256)
def bytecode_folders(root: Path) -> tuple[Path, ...]:
    """Make the folders in which Python keeps the bytecode of code that doesn't change.

    A function can't write in its code's folder. Without these folders, each of its execution
    environments would compile all that it imports.
    """
    folders = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name != BYTECODE]
        if any(file.endswith(".py") for file in files):
            bytecode = Path(folder, BYTECODE)
            bytecode.mkdir(exist_ok=True)
            folders.append(bytecode)
    return tuple(folders)


CODE_FOLDERS = CodeFolders()
