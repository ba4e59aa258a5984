"""Locks that make the functions wait at a known statement."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.abc import Query


@contextmanager
def locked(database: str, statement: Query) -> Iterator[None]:
    """Keep the locks that a statement takes, in another connection, and then release them.

    Args:
        database: Connection string.
        statement: What takes the locks; it is rolled back.
    """
    with psycopg.connect(database) as connection:
        connection.execute(statement)
        yield
        connection.rollback()
