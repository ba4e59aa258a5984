"""A type's action is part of the transaction that inserts its messages."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from messages.actions import ActionMessage, Later, Reject
from messages.types import Action, MessageType, message_types
from process_messages.ingestion import Ingested, Ingestion
from process_messages.reading import read
from process_messages.received import Attribute, Received
from shared.errors import ActionEndedTransaction, ActionOverTime
from tests.support.events import notification
from tests.support.ingestion_role import IngestionRole

_IDLE = "idle_in_transaction_session_timeout"
type Connection = psycopg.Connection[tuple[object, ...]]
Ingest = Callable[[Action, list[dict[str, Any]]], Ingested]


@pytest.fixture
def ledger(role: IngestionRole, database: psycopg.Connection) -> Iterator[str]:
    """A second table, which the action writes to."""
    name = f"ledger_{uuid.uuid4().hex[:8]}"
    database.execute(f"CREATE TABLE {name} (id text PRIMARY KEY)")
    database.execute(f'GRANT INSERT ON {name} TO "{role.name}"')
    yield name
    database.execute(f"DROP TABLE {name}")


@pytest.fixture
def ingest(role: IngestionRole, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ingest]:
    """Ingests notifications as ProcessMessagesFunction does, with an action."""
    with role.connect() as connection:

        def run(act: Action, events: list[dict[str, Any]]) -> Ingested:
            monkeypatch.setattr(MessageType, "action", lambda self: act)
            ingestion = Ingestion(message_types()["notification"], "test-queue")
            batch = [received(event) for event in events]
            entries, dead_letters = read(batch, "notification")
            return ingestion.ingest(connection, entries, dead_letters)

        yield run


def received(event: dict[str, Any]) -> Received:
    batch = {"batch_id": Attribute("String", "actions")}
    return Received(str(uuid.uuid4()), "handle", json.dumps(event), batch, 1)


def events(count: int) -> list[dict[str, Any]]:
    return [{**notification(), "id": str(uuid.uuid4())} for _ in range(count)]


def written(database: psycopg.Connection, table: str) -> set[str]:
    return {one for (one,) in database.execute(f"SELECT id FROM {table}").fetchall()}


def writes_to(table: str) -> Action:
    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        for message in messages:
            transaction.execute(f"INSERT INTO {table} VALUES (%s)", [message.id])

    return act


def test_an_action_gets_what_was_inserted_once(
    ingest: Ingest, ledger: str, database: psycopg.Connection
) -> None:
    given = events(3)

    ingest(writes_to(ledger), given)
    ingest(writes_to(ledger), given)  # inserted before: the action would repeat a primary key

    ids = {event["id"] for event in given}
    assert written(database, ledger) == ids
    assert ids <= written(database, "notifications")


def test_what_an_action_rejects_is_a_dead_letter_and_leaves_no_row(
    ingest: Ingest, ledger: str, database: psycopg.Connection
) -> None:
    good, bad = events(2)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        writes_to(ledger)(transaction, messages)
        if any(message.id == bad["id"] for message in messages):
            raise Reject("not our customer")

    ingested = ingest(act, [good, bad])

    [dead] = ingested.dead_letters
    assert (dead.reason, dead.detail, dead.event_id) == ("rejected", "not our customer", bad["id"])
    assert written(database, ledger) == {good["id"]}
    assert bad["id"] not in written(database, "messages")


def test_what_an_action_gives_back_is_not_settled(
    ingest: Ingest, ledger: str, database: psycopg.Connection
) -> None:
    good, early = events(2)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        writes_to(ledger)(transaction, messages)
        if any(message.id == early["id"] for message in messages):
            raise Later("the customer isn't known yet")

    ingested = ingest(act, [good, early])

    assert [json.loads(one.body)["id"] for one in ingested.later] == [early["id"]]
    assert ingested.newly_settled["actions"] == 1
    assert not ingested.dead_letters
    assert written(database, ledger) == {good["id"]}
    assert early["id"] not in written(database, "messages")


def test_a_message_whose_action_fails_for_its_data_is_a_dead_letter(
    ingest: Ingest, ledger: str
) -> None:
    first, second = events(2)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        for message in messages:
            value = None if message.id == second["id"] else message.id
            transaction.execute(f"INSERT INTO {ledger} VALUES (%s)", [value])

    [dead] = ingest(act, [first, second]).dead_letters

    assert dead.reason == "unstorable"
    assert dead.event_id == second["id"]


def test_an_unknown_error_rolls_everything_back(
    ingest: Ingest, ledger: str, database: psycopg.Connection
) -> None:
    [event] = events(1)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        writes_to(ledger)(transaction, messages)
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        ingest(act, [event])

    assert written(database, ledger) == set()
    assert event["id"] not in written(database, "messages")


@pytest.mark.parametrize(
    "statement",
    ["COMMIT", "rollback work", "END", "/* now */ COMMIT; BEGIN", "SELECT ';'; commit AND CHAIN"],
)
def test_an_action_that_ends_the_transaction_is_named_and_leaves_nothing(
    ingest: Ingest, ledger: str, database: psycopg.Connection, statement: str
) -> None:
    [event] = events(1)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        writes_to(ledger)(transaction, messages)
        transaction.execute(statement)

    line = act.__code__.co_firstlineno + 2
    named = rf"action of type notification \(\S+/test_actions\.py:{line}\)"
    with pytest.raises(ActionEndedTransaction, match=named):
        ingest(act, [event])

    assert written(database, ledger) == set()
    assert event["id"] not in written(database, "messages")


@pytest.mark.parametrize(
    "statement",
    [
        "SAVEPOINT s; ROLLBACK TO SAVEPOINT s",
        "SELECT 'a; COMMIT', 1 AS \"; END\" -- COMMIT\n",
        "SELECT CASE WHEN true THEN 1 END",
        "DO $$ BEGIN PERFORM 1; END $$",
    ],
)
def test_an_action_may_execute_what_ends_no_transaction(ingest: Ingest, statement: str) -> None:
    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        transaction.execute(statement)
        with transaction.transaction(), transaction.cursor() as cursor:
            cursor.execute(b"SELECT 1")

    assert not ingest(act, events(1)).dead_letters


@pytest.mark.parametrize(
    ("timeout", "statement", "seconds"),
    [("statement_timeout", "SELECT pg_sleep(30)", 0.0), (_IDLE, "SELECT 1", 1.0)],
)
def test_an_action_that_runs_over_its_time_is_named_and_leaves_nothing(
    ingest: Ingest,
    ledger: str,
    database: psycopg.Connection,
    timeout: str,
    statement: str,
    seconds: float,
) -> None:
    [event] = events(1)

    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        writes_to(ledger)(transaction, messages)
        transaction.execute(f"SET LOCAL {timeout} = '100ms'")
        time.sleep(seconds)
        transaction.execute(statement)

    line = act.__code__.co_firstlineno + 4
    named = rf"action of type notification \(\S+/test_actions\.py:{line}\)"
    with pytest.raises(ActionOverTime, match=named):
        ingest(act, [event])

    assert written(database, ledger) == set()
    assert event["id"] not in written(database, "messages")


def test_an_action_cannot_commit_by_its_connection(ingest: Ingest) -> None:
    def act(transaction: Connection, messages: list[ActionMessage]) -> None:
        transaction.commit()

    with pytest.raises(psycopg.ProgrammingError, match="forbidden"):
        ingest(act, events(1))
