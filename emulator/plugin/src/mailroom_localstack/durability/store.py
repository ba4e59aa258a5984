"""A SQLite file that many threads change, and that they commit together."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any

from mailroom_localstack.batcher import Batcher

VERSION = 1
SCHEMA = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    message TEXT NOT NULL,
    sequence_number TEXT,
    created REAL NOT NULL,
    delay_seconds INTEGER,
    deleted INTEGER NOT NULL,
    receive_count INTEGER NOT NULL,
    approximate_receive_count TEXT NOT NULL,
    visibility_timeout INTEGER,
    visibility_deadline REAL,
    first_received REAL,
    last_received REAL,
    receipt_handles TEXT NOT NULL
);
CREATE TABLE names (
    place TEXT NOT NULL,
    stack TEXT NOT NULL,
    logical_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (place, stack, logical_id, name)
);
"""
# How long a change waits for others that nobody waits for, in seconds.
LATER = 0.05

type Write = Callable[[sqlite3.Connection], object]


class StoreError(Exception):
    """The file can't be opened or written; the message says which, and why."""


class Store:
    """A SQLite file, and the changes that are not in it yet.

    A change has a key, and a later one with the same key takes its place. Threads that wait for
    their changes commit them together: the first of them writes those of all (group commit).
    """

    def __init__(self, path: Path) -> None:
        """Open a file, or create it, readable by its owner alone.

        Raises:
            StoreError: it is damaged, or was written by a later version of Mailroom.
        """
        self.path = path
        self._collecting = threading.Lock()
        self._writing = threading.Lock()
        self._changes: dict[Hashable, Write] = {}
        self._group = 0
        self._committed = -1
        self._later = Batcher[None](lambda _: self.commit(), LATER)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{path} can't be opened: {error}") from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A commit is on the disk when it ends, also if the machine loses its power.
        self._connection.execute("PRAGMA synchronous = FULL")
        [(version,)] = self._connection.execute("PRAGMA user_version")
        if version == 0:
            self._connection.executescript(
                f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT"
            )
        elif version != VERSION:
            raise sqlite3.DatabaseError(f"it has version {version}, and this Mailroom {VERSION}")

    def read(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query.

        Raises:
            StoreError: the file can't be read.
        """
        with self._writing:
            try:
                return self._connection.execute(statement, parameters).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"{self.path} can't be read: {error}") from error

    def change(self, changes: Mapping[Hashable, Write]) -> None:
        """Have changes written in one transaction, within a moment.

        Args:
            changes: what writes each, by its key; it is called in any thread.
        """
        with self._collecting:
            self._changes.update(changes)
        self._later.add(None)

    def commit(self) -> None:
        """Return when everything that was changed before the call is on the disk.

        Raises:
            StoreError: it can't be written; it is tried again with the next changes.
        """
        with self._collecting:
            awaited = self._group
        with self._writing:
            if self._committed >= awaited:
                return
            with self._collecting:
                group, changes = self._group, self._changes
                self._group, self._changes = group + 1, {}
            try:
                self._write(changes)
            except sqlite3.Error as error:
                with self._collecting:
                    self._changes = changes | self._changes
                raise StoreError(f"{self.path} can't be written: {error}") from error
            self._committed = group

    def _write(self, changes: Mapping[Hashable, Write]) -> None:
        if not changes:
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for write in changes.values():
                write(self._connection)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
