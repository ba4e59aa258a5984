"""Shared Python environments that no checkout uses, and their removal."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mailroom.packaging.shared import SHARED, STAMP, USERS, cache, is_whole, locked


@dataclass(frozen=True)
class Unused:
    """A shared environment that no checkout uses.

    Attributes:
        folder: Its folder.
        size: In bytes.
    """

    folder: Path
    size: int


def unused() -> Iterator[Unused]:
    """The shared environments that no checkout uses, or that are half made."""
    for folder in sorted((cache() / "environments").glob("*/")):
        if not (is_whole(folder) and any(_users(folder))):
            files = (file for file in folder.rglob("*") if not file.is_symlink())
            yield Unused(folder, sum(file.stat().st_size for file in files))


def prune() -> list[Unused]:
    """Delete them; an installation that runs is waited for.

    Raises:
        OSError: One could not be deleted.
    """
    if not os.access(cache() / "environments", os.F_OK):
        return []
    with locked(cache() / "environments"):
        found = list(unused())
        for one in found:
            # Without the stamp at once, so that an interruption leaves it half made.
            (one.folder / STAMP).unlink(missing_ok=True)
            shutil.rmtree(one.folder)
    return found


def _users(folder: Path) -> Iterator[Path]:
    """The environments of checkouts that are, or are on top of, a shared one."""
    for record in (folder / USERS).glob("*"):
        place = Path(record.read_text())
        if folder.resolve() in (place.resolve(), (place / SHARED).resolve()):
            yield place
