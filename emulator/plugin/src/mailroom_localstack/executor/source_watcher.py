"""Finds out whether the source of a live function was edited, fast enough for each invocation.

The task root of a live function has installed dependencies, which don't change, and links to the
packages and folders that developers edit. Each distribution's ``RECORD`` lists what it installed,
and those files are not read.
"""

import os
from pathlib import Path

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules"})
COMPILED = (".pyc", ".pyo")

type State = frozenset[tuple[str, int, int, int]]


class SourceWatcher:
    """Watches one task root."""

    def __init__(self, root: Path) -> None:
        """Read nothing yet."""
        self._root = root
        self._distributions: State | None = None
        self._installed: frozenset[str] = frozenset()

    def state(self) -> State:
        """The state of every watched file: path, inode, size and time of change.

        Two states are equal if nothing was edited, added, removed or renamed between them. Links
        are followed.
        """
        try:
            top = list(os.scandir(self._root))
        except OSError:
            return frozenset()
        distributions = frozenset(
            _state(entry.path, entry.stat()) for entry in top if entry.name.endswith(".dist-info")
        )
        if distributions != self._distributions:
            self._distributions = distributions
            self._installed = frozenset().union(
                *(_installed(Path(path)) for path, *_ in distributions)
            )
        states = set(distributions)
        for entry in top:
            if entry.name not in self._installed and not entry.name.endswith(".dist-info"):
                _add(entry, states, set())
        return frozenset(states)


def _installed(distribution: Path) -> frozenset[str]:
    """Top-level names of the files that a distribution installed."""
    try:
        lines = (distribution / "RECORD").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(line.split(",")[0].strip('"').split("/")[0] for line in lines)


def _add(
    entry: os.DirEntry[str], states: set[tuple[str, int, int, int]], above: set[tuple[int, int]]
) -> None:
    try:
        status = entry.stat()
        if not entry.is_dir():
            if not entry.name.endswith(COMPILED):
                states.add(_state(entry.path, status))
            return
        identity = (status.st_dev, status.st_ino)
        # Following a link to a folder above it would never end.
        if entry.name in SKIPPED_FOLDERS or identity in above:
            return
        with os.scandir(entry.path) as entries:
            for member in entries:
                _add(member, states, above | {identity})
    except OSError:
        # The file was removed, or it is a link to nothing.
        return


def _state(path: str, status: os.stat_result) -> tuple[str, int, int, int]:
    return (path, status.st_ino, status.st_size, max(status.st_mtime_ns, status.st_ctime_ns))
