"""Locks that hold the functions up at a known place."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.abc import Query


@contextmanager
def locked(database: str, statement: Query) -> Iterator[None]:
    """Hold the locks that a statement takes, in a connection of its own, and then give them back.

    Args:
        database: Connection string.
        statement: What takes the locks; it is rolled back.
    """
    with psycopg.connect(database) as connection:
        connection.execute(statement)
        yield
        connection.rollback()
