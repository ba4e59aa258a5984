"""Checks that every event that was sent has one row, as it was sent, and nothing more is there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg import sql

from mailroom.load.generated import Generator, event_id

_SHOWN = 5


@dataclass(frozen=True)
class Verdict:
    """What became of the events.

    Attributes:
        sent: How many were sent.
        rows: How many rows there are of their source.
        lost: How many have no row.
        changed: How many have a row with another content.
        unexpected: How many rows are of no event that was sent.
        untyped: How many rows have none in their type's table.
        dead_letters: How many dead letters there are of their source.
        examples: Ids of a few of the first three.
    """

    sent: int
    rows: int
    lost: int
    changed: int
    unexpected: int
    untyped: int
    dead_letters: int
    examples: list[str]

    @property
    def clean(self) -> bool:
        """Whether nothing is lost, changed or twice."""
        return self.rows == self.sent and not (
            self.lost or self.changed or self.unexpected or self.untyped or self.dead_letters
        )

    def __str__(self) -> str:
        if self.clean:
            return (
                f"nothing is lost and nothing is there twice: {self.sent} events, {self.rows} rows"
            )
        found = f"{self.lost} lost, {self.changed} changed, {self.unexpected} unexpected"
        found += f", {self.untyped} without a row in their type's table"
        shown = f" (such as {', '.join(self.examples)})" if self.examples else ""
        return f"of {self.sent} events: {found}{shown}; {self.dead_letters} dead letters"


def check(database: str, generator: Generator, count: int) -> Verdict:
    """Compare the rows of the generator's source with the events that it makes.

    Rows are read in the order of their ids, so that no number of them needs memory.

    Args:
        database: Connection string.
        generator: What made the events.
        count: How many were sent.
    """
    lost = changed = unexpected = rows = 0
    examples: list[str] = []
    with psycopg.connect(database) as connection:
        awaited = 0
        for found, text in _rows(connection, generator.source):
            rows += 1
            while awaited < count and event_id(awaited) < found:
                lost += 1
                examples.append(event_id(awaited))
                awaited += 1
            if awaited < count and event_id(awaited) == found:
                same = json.loads(text) == generator.event(awaited)
                awaited += 1
                changed += not same
            else:
                same = False
                unexpected += 1
            if not same:
                examples.append(found)
            del examples[_SHOWN:]
        lost += count - awaited
        examples += [event_id(number) for number in range(awaited, min(count, awaited + _SHOWN))]
        untyped = _untyped(connection, generator)
        dead = connection.execute(
            "SELECT count(*) FROM dead_letters WHERE source = %s", [generator.source]
        ).fetchone()
    assert dead
    return Verdict(count, rows, lost, changed, unexpected, untyped, dead[0], examples[:_SHOWN])


def _rows(connection: psycopg.Connection, source: str) -> Iterator[tuple[str, str]]:
    with connection.cursor("rows") as cursor:
        cursor.itersize = 5_000
        cursor.execute(
            'SELECT id, event::text FROM messages WHERE source = %s ORDER BY id COLLATE "C"',
            [source],
        )
        yield from cursor


def _untyped(connection: psycopg.Connection, generator: Generator) -> int:
    """How many rows of `messages` more than rows of the types' tables there are, or fewer."""
    difference = 0
    for kind in generator.types:
        query = sql.SQL(
            "SELECT (SELECT count(*) FROM messages WHERE source = %(source)s AND type = %(type)s)"
            " - (SELECT count(*) FROM {} WHERE source = %(source)s)"
        ).format(sql.Identifier(kind.table))
        row = connection.execute(query, {"source": generator.source, "type": kind.name}).fetchone()
        assert row
        difference += abs(row[0])
    return difference
