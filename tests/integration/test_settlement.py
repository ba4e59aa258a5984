"""The transactions that settle keep count, and what they have counted is what is in the rows."""

import json
import random
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from mailroom.project import Project
from messages.problems import Reason
from messages.types import message_types
from process_messages.database import Database
from process_messages.ingestion import Ingestion
from process_messages.reading import dead_letter, read
from process_messages.received import Attribute, Received
from process_messages.request import SettleRequest
from process_messages.settlement import Patience, Settlement, count
from shared.context import Deadline
from shared.secrets import Credentials
from tests.support.events import notification
from tests.support.ingestion_role import IngestionRole

TYPE = "notification"
THREADS = 4
_ROWS = "SELECT outcome, count(*) FROM settlements WHERE batch_id = %s GROUP BY 1"
_COUNTED = """
SELECT sum(ingested), sum(already_there), sum(dead_lettered), count(*)
FROM batch_progress WHERE batch_id = %s
"""


@pytest.fixture
def consumers(
    role: IngestionRole, database: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """Sessions of the ingestion role, one for each thread, that repeat what a deadlock ended."""
    monkeypatch.setenv("DATABASE_SSL_MODE", "prefer")
    secret, info = role.secret(), database.info
    login = secret["dbname"], secret["username"], secret["password"]
    yield Database(lambda: Credentials("127.0.0.1", info.port, *login))
    role.end_sessions()


@pytest.fixture
def batch(database: psycopg.Connection) -> Iterator[str]:
    """A batch's id that no other test has."""
    batch = f"settlement-{uuid.uuid4()}"
    yield batch
    database.execute("DELETE FROM settlements WHERE batch_id = %s", [batch])
    database.execute("DELETE FROM batch_progress WHERE batch_id = %s", [batch])


@pytest.fixture
def migration() -> str:
    """The statements that make the counts."""
    return (Project.find().migrations / "0005.batch-progress.sql").read_text()


def messages(batch: str, number: int) -> list[Received]:
    return [received(batch, notification()) for _ in range(number)]


def received(batch: str, event: dict[str, Any]) -> Received:
    attributes = {"batch_id": Attribute("String", batch)}
    return Received(str(uuid.uuid4()), "handle", json.dumps(event), attributes, 1)


def ingest(consumers: Database, slot: int, batch: list[Received]) -> int:
    """Ingest messages as ProcessMessagesFunction does; returns how many it has settled."""
    ingestion = Ingestion(message_types()[TYPE], "test-queue")
    entries, dead = read(batch, TYPE)
    done = consumers.run(slot, Deadline(60), lambda one: ingestion.ingest(one, entries, dead))
    return done.newly_settled.total()


def let_die(consumers: Database, batch: list[Received]) -> None:
    ingestion = Ingestion(message_types()[TYPE], "test-queue")
    entries, _ = read(batch, TYPE)
    dead = [dead_letter(entry, Reason.UNSTORABLE, "test") for entry in entries]
    consumers.run(0, Deadline(60), lambda one: ingestion.ingest(one, [], dead))


def ask(
    consumers: Database, batch: str, expected: int, patience: Patience, elapsed: float = 1
) -> Settlement:
    started = datetime.now(UTC) - timedelta(seconds=elapsed)
    request = SettleRequest(TYPE, batch, expected, started.isoformat())
    return consumers.run(0, Deadline(60), lambda one: count(one, request, patience))


def rows(database: psycopg.Connection, batch: str) -> tuple[int, int, int]:
    found: dict[str, int] = dict(database.execute(_ROWS, [batch]).fetchall())
    ingested, there = found.get("ingested", 0), found.get("already_there", 0)
    return ingested, there, found.get("dead_lettered", 0)


def test_what_is_counted_is_exact_while_threads_race_over_the_same_messages(
    consumers: Database, database: psycopg.Connection, batch: str
) -> None:
    """Some died before and are revived, some were ingested by another batch, some can't be read."""
    other, mine = messages(f"{batch}-other", 100), messages(batch, 400)
    there = [received(batch, json.loads(one.body)) for one in other]
    poison = [received(batch, notification(title=7)) for _ in range(50)]
    ingest(consumers, 0, other)
    let_die(consumers, mine[:150])

    def race(slot: int) -> int:
        own = [*mine, *there, *poison]
        random.Random(slot).shuffle(own)
        return sum(ingest(consumers, slot, own[n : n + 50]) for n in range(0, len(own), 50))

    with ThreadPoolExecutor(THREADS) as threads:
        newly_settled = sum(threads.map(race, range(THREADS)))

    *counted, shards = database.execute(_COUNTED, [batch]).fetchall()[0]
    assert tuple(counted) == rows(database, batch) == (400, 100, 50)
    assert shards <= 32
    assert newly_settled == 550 - 150
    settlement = ask(consumers, batch, 550, Patience(780, 2, consumes=False))
    assert (settlement.complete, settlement.settled, settlement.ingested) == (True, 550, 400)
    assert (settlement.already_there, settlement.dead_lettered) == (100, 50)


def test_each_type_and_batch_is_counted_by_itself(
    consumers: Database, database: psycopg.Connection, batch: str
) -> None:
    both = [*messages(batch, 3), *messages(f"{batch}-other", 2)]

    ingest(consumers, 0, both)

    patience = Patience(780, 2, consumes=False)
    assert ask(consumers, batch, 3, patience).settled == 3
    assert ask(consumers, f"{batch}-other", 2, patience).settled == 2
    assert ask(consumers, f"{batch}-unknown", 2, patience).settled == 0


def test_before_a_batch_is_late_rows_that_no_transaction_has_counted_are_found(
    consumers: Database, database: psycopg.Connection, batch: str
) -> None:
    """Functions of an earlier release write settlements alone."""
    ingest(consumers, 0, messages(batch, 3))
    database.execute("DELETE FROM batch_progress WHERE batch_id = %s", [batch])
    patience = Patience(60, 2, consumes=False)

    early = ask(consumers, batch, 3, patience)
    last = ask(consumers, batch, 3, patience, elapsed=61)

    assert (early.settled, early.answer()["status"]) == (0, "pending")
    assert (last.settled, last.answer()["status"]) == (3, "settled")


def test_rows_from_before_the_counts_are_counted_by_the_migration(
    consumers: Database, database: psycopg.Connection, batch: str, migration: str
) -> None:
    ingest(consumers, 0, messages(batch, 5))
    let_die(consumers, messages(batch, 2))

    with database.transaction(force_rollback=True):
        database.execute("DROP TABLE batch_progress")
        database.execute(migration.encode())
        once = database.execute(_COUNTED, [batch]).fetchall()
        database.execute(migration.encode())
        twice = database.execute(_COUNTED, [batch]).fetchall()

    assert once == twice == [(5, 0, 2, 1)]
