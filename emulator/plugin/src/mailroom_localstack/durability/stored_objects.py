"""Objects of buckets: a row for each version, and a file for what it contains."""

from __future__ import annotations

import os
import pickle
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from mailroom_localstack.durability.store import Statement, Store

FILES = "SELECT file FROM objects WHERE (bucket, key) = (?, ?)"
SELECT = "SELECT metadata, file FROM objects WHERE bucket = ? ORDER BY rowid"
DELETE = "DELETE FROM objects WHERE (bucket, key) = (?, ?)"
INSERT = "INSERT INTO objects VALUES (?, ?, ?, ?)"

type Read = Callable[[Any], Iterable[bytes] | None]


class Objects:
    """The objects of a store."""

    def __init__(self, store: Store) -> None:
        """Delete the files that no row names: LocalStack ended while it wrote them."""
        self._store = store
        self._folder = store.path.parent / "objects"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._lock = threading.Lock()
        named = {file for (file,) in store.read("SELECT file FROM objects WHERE file <> ''")}
        for path in self._folder.iterdir():
            if path.name not in named:
                path.unlink()

    def keep(self, bucket: str, key: str, versions: Iterable[Any], read: Read) -> None:
        """Store what there is of a key.

        Args:
            bucket: the bucket's name.
            key: the key.
            versions: its versions and delete markers, the oldest first; nothing if it was deleted.
            read: what a version contains; None if that has changed since.
        """
        with self._lock:
            before = {file for (file,) in self._store.read(FILES, (bucket, key))}
            rows = [row for one in versions if (row := self._row(bucket, key, one, read))]
            self._store.change(self, {("object", bucket, key): (bucket, key, rows)})
            self._store.commit()
            for file in before - {row[3] for row in rows} - {""}:
                (self._folder / file).unlink(missing_ok=True)

    def of(self, bucket: str) -> list[tuple[Any, Path | None]]:
        """The versions that a bucket had, the oldest first, and the file of each."""
        return [
            (pickle.loads(metadata), self._folder / file if file else None)
            for metadata, file in self._store.read(SELECT, (bucket,))
        ]

    def statements(self, changed: Iterable[tuple[str, str, list[Any]]]) -> Iterator[Statement]:
        """What writes the versions of keys."""
        for bucket, key, rows in changed:
            yield DELETE, (bucket, key)
            for row in rows:
                yield INSERT, row

    def committed(self) -> None:
        """Nothing follows."""

    def _row(self, bucket: str, key: str, version: Any, read: Read) -> tuple[Any, ...] | None:
        """The row of a version; its content is written if the file hasn't it yet."""
        modified = getattr(version, "internal_last_modified", None)
        if modified is not None and getattr(version, "mailroom_written", None) != modified:
            content = read(version)
            if content is None:
                return None
            version.mailroom_file = self._write(content)
            version.mailroom_written = modified
        return bucket, key, pickle.dumps(version), getattr(version, "mailroom_file", "")

    def _write(self, content: Iterable[bytes]) -> str:
        """Write a file that is on the disk when this returns; its name."""
        path = self._folder / uuid.uuid4().hex
        with open(path, "wb", opener=_owner_alone) as file:
            file.writelines(content)
            _sync(file)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return path.name


def _owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
