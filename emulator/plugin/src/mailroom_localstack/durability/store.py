"""A SQLite file that many threads change, and that they commit together."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from mailroom_localstack.batcher import Batcher

VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
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
CREATE TABLE IF NOT EXISTS names (
    place TEXT NOT NULL,
    stack TEXT NOT NULL,
    logical_id TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (place, stack, logical_id, name)
);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    metadata BLOB NOT NULL,
    file TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS executions (
    arn TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS histories (
    arn TEXT PRIMARY KEY,
    events TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS secrets (
    place TEXT NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (place, name)
);
CREATE INDEX IF NOT EXISTS objects_by_key ON objects (bucket, key);
"""
# How long a change that no thread waits for is kept for others, in seconds.
LATER = 0.05

type Statement = tuple[str, tuple[Any, ...]]


class Writer(Protocol):
    """Writes changes of one kind."""

    def statements(self, changed: Sequence[Any]) -> Iterable[Statement]:
        """What writes changes, in as few statements as may be.

        SQLite lets other threads run during a statement, and Python may let this one go on 5 ms
        after it.
        """

    def committed(self) -> None:
        """What the last statements wrote is on the disk."""


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
        self._changes: dict[Hashable, tuple[Writer, Any]] = {}
        self._lazy: dict[Hashable, tuple[Writer, Any]] = {}
        self._group = 0
        self._committed = -1
        self._later = Batcher[None](lambda _: self.commit_all(), LATER)
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
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"it has version {version}, and this Mailroom {VERSION}")
        self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT")

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

    def change(self, writer: Writer, changes: Mapping[Hashable, Any], urgent: bool = True) -> None:
        """Have changes written in one transaction, within a moment.

        Args:
            writer: what writes them.
            changes: what has changed, by its key.
            urgent: whether the next commit writes it, or one of the next.
        """
        with self._collecting:
            for key, changed in changes.items():
                if urgent:
                    self._lazy.pop(key, None)
                    self._changes[key] = writer, changed
                elif key not in self._changes:
                    self._lazy[key] = writer, changed
        self._later.add(None)

    def commit_all(self) -> None:
        """Commit also what is not urgent.

        Raises:
            StoreError: it can't be written; it is tried again with the next changes.
        """
        with self._collecting:
            self._changes, self._lazy = self._lazy | self._changes, {}
        self.commit()

    def commit(self) -> None:
        """Return when everything urgent that was changed before the call is on the disk.

        Raises:
            StoreError: it can't be written; it is tried again with the next changes.
        """
        with self._collecting:
            awaited = self._group if self._changes else self._group - 1
        if self._committed >= awaited:
            return
        with self._writing:
            if self._committed >= awaited:
                return
            with self._collecting:
                group, changes = self._group, self._changes
                self._group, self._changes = group + 1, {}
            try:
                self._write(changes.values())
            except sqlite3.Error as error:
                with self._collecting:
                    self._changes = changes | self._changes
                raise StoreError(f"{self.path} can't be written: {error}") from error
            self._committed = group

    def _write(self, changes: Iterable[tuple[Writer, Any]]) -> None:
        by_writer: dict[Writer, list[Any]] = {}
        for writer, changed in changes:
            by_writer.setdefault(writer, []).append(changed)
        statements = [
            statement
            for writer, changed in by_writer.items()
            for statement in writer.statements(changed)
        ]
        if len(statements) > 1:
            statements = [("BEGIN IMMEDIATE", ()), *statements, ("COMMIT", ())]
        try:
            for statement, parameters in statements:
                self._connection.execute(statement, parameters)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        for writer in by_writer:
            writer.committed()
