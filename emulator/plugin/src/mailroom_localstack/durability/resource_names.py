"""Names that CloudFormation generated, by which a stack that is made again has the same."""

from __future__ import annotations

import contextlib
import functools
import json
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mailroom_localstack.durability.store import Store

SELECT = "SELECT place, stack, logical_id, name FROM names ORDER BY rowid"
INSERT = "INSERT INTO names VALUES (?, ?, ?, ?)"
DELETE = "DELETE FROM names WHERE (place, stack, logical_id, name) = (?, ?, ?, ?)"


class Resource(NamedTuple):
    """A resource of a stack.

    Attributes:
        place: account and region.
        stack: the stack's name.
        logical_id: its logical id.
    """

    place: str
    stack: str
    logical_id: str


class Names:
    """Generated names of resources, over the ends of LocalStack."""

    def __init__(self, store: Store) -> None:
        """Read the names of an earlier LocalStack."""
        self._store = store
        self._left: dict[Resource, list[str]] = defaultdict(list)
        self._given: dict[Resource, list[str]] = defaultdict(list)
        for *resource, name in store.read(SELECT):
            self._left[Resource(*resource)].append(name)

    def give(self, resource: Resource, generate: Callable[[], str]) -> str:
        """The last name of a resource before LocalStack ended; later, and at first, a new one."""
        if self._left[resource]:
            name = self._left[resource].pop()
        else:
            name = generate()
            row = (*resource, name)
            self._store.change({row: lambda connection: connection.execute(INSERT, row)})
        self._given[resource].append(name)
        return name

    def forget(self, resource: Resource, properties: Any) -> None:
        """Forget the name of a resource that was deleted.

        Args:
            resource: the resource.
            properties: its properties; the name is in one of them.
        """
        text = json.dumps(properties, default=str)
        for name in [one for one in self._given[resource] if one in text]:
            self._given[resource].remove(name)
            if undoing():
                self._left[resource].append(name)
                continue
            row = (*resource, name)
            self._store.change({row: functools.partial(_delete, row)})


def _delete(row: tuple[str, ...], connection: sqlite3.Connection) -> None:
    connection.execute(DELETE, row)


_current = threading.local()


@contextlib.contextmanager
def undoing_creation() -> Iterator[None]:
    """While a stack whose creation failed is undone: what its resources had before stays."""
    _current.undoing = True
    try:
        yield
    finally:
        _current.undoing = False


def undoing() -> bool:
    """Whether the current thread undoes the creation of a stack."""
    return getattr(_current, "undoing", False)
