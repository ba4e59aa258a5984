"""The disk that the rows go to is full, until somebody makes space."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.run import LOAD, Run
from tests.faults.small_disk import NoNamespaces, SmallDisk, small_disk
from tests.support.flow import until

_FULL = "No space left on device"
_LETTER = "x" * 2_000
_TABLES = ("messages", "notifications", "alerts")


@pytest.fixture
def disk(embedded: EmbeddedEnvironment) -> Iterator[SmallDisk]:
    """A disk of Postgres's of 32 MiB."""
    state = embedded.state
    assert state
    assert state.postgres
    try:
        with small_disk(32, psutil.Process(state.postgres.pid).username()) as disk:
            yield disk
    except NoNamespaces as refusal:
        pytest.skip(f"this machine does not allow a user to mount a small file system: {refusal}")


def test_the_disk_is_full_until_space_is_freed(
    run: Run, embedded: EmbeddedEnvironment, database: psycopg.Connection, disk: SmallDisk
) -> None:
    """Protection: 53100 passes, so transactions are repeated, and no message is given up."""
    log = embedded.project.logs / "postgres.log"
    before = log.read_text().count(_FULL)
    events = [one | {"data": one["data"] | {"details": {"x": _LETTER}}} for one in run.events()]

    with on_disk(database, disk.folder):
        disk.fill(free_kib=400)
        run.start(events)
        until(lambda: log.read_text().count(_FULL) > before + 10, "Postgres to find it full")
        rows, received = run.rows(), [message["received"] for message in run.messages()]
        disk.make_space()
        verdict = run.finish()

    assert rows < LOAD
    assert {1} <= set(received) <= {0, 1}
    assert verdict.clean, verdict
    assert run.rows() == LOAD


@contextmanager
def on_disk(database: psycopg.Connection, folder: Path) -> Iterator[None]:
    """The tables that events go to are in a folder; at the end they are where they were."""
    database.execute(
        sql.SQL("CREATE TABLESPACE small LOCATION {}").format(sql.Literal(str(folder)))
    )
    try:
        move(database, "small")
        yield
    finally:
        move(database, "pg_default")
        database.execute("DROP TABLESPACE small")


def move(database: psycopg.Connection, tablespace: str) -> None:
    """Move the tables, without their indexes, to a tablespace."""
    for table in _TABLES:
        statement = sql.SQL("ALTER TABLE {} SET TABLESPACE {}")
        database.execute(statement.format(sql.Identifier(table), sql.Identifier(tablespace)))
