"""What a type's action writes is there exactly when its message's row is, whatever fails."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.code import Passage, altered
from tests.faults.processes import FunctionProcesses
from tests.faults.proxy import Proxy, Session
from tests.faults.run import Run
from tests.support.flow import until
from tests.support.ingestion_role import IngestionRole
from tests.support.locks import locked

_ACTION = """
def act(transaction, messages):
    for message in messages:
        transaction.execute(
            "INSERT INTO ledger (source, id) VALUES (%s, %s)", [message.source, message.id]
        )
"""
# The same text: it makes a copy of the package, in which the action is then written.
_COPY = Passage("message_types/__init__.py", "The message types", "The message types")


@pytest.fixture
def ledger(
    embedded: EmbeddedEnvironment, role: IngestionRole, database: psycopg.Connection
) -> Iterator[Path]:
    """Notifications have an action that writes each of them to a second table."""
    database.execute("CREATE TABLE ledger (source text, id text)")
    database.execute(f'GRANT INSERT ON ledger TO "{role.name}"')
    try:
        with altered(embedded, "ProcessMessages", _COPY) as folder:
            action = folder / "message_types" / "notification" / "action.py"
            action.write_text(_ACTION)
            yield action
    finally:
        database.execute("DROP TABLE ledger")


def differences(database: psycopg.Connection, run: Run) -> list[tuple[object, ...]]:
    """The notifications of a run that aren't in the second table once, and what is there more."""
    return database.execute(
        """
        SELECT id, count(l.id) FROM notifications FULL JOIN ledger AS l USING (source, id)
        WHERE source = %s GROUP BY source, id, notifications.id
        HAVING count(l.id) <> 1 OR notifications.id IS NULL
        """,
        [run.source],
    ).fetchall()


def test_the_answer_to_a_commit_is_lost(
    ledger: Path, run: Run, proxy: Proxy, database: psycopg.Connection
) -> None:
    """Protection: the action is called for messages that were inserted, and no others."""
    proxy.at_commit(Session.cut, times=5)
    run.start(run.events())

    verdict = run.finish()

    assert proxy.withheld == 5
    assert verdict.clean, verdict
    assert database.execute("SELECT count(*) > 0 FROM ledger").fetchone() == (True,)
    assert differences(database, run) == []


@pytest.mark.usefixtures("soon_visible")
def test_a_function_is_killed_before_its_commit(
    ledger: Path, run: Run, processes: FunctionProcesses, database: psycopg.Connection
) -> None:
    """Protection: what the action writes is in the same transaction as the inbox's row."""
    with locked(run.flow.environment.database, "LOCK TABLE settlements IN SHARE MODE"):
        run.start(run.events())
        until(lambda: processes.in_transaction() is not None, "a function in its transaction")
        victim = processes.in_transaction()
        assert victim
        victim.kill()
        before = database.execute("SELECT count(*) FROM ledger").fetchone()

    verdict = run.finish()

    assert before == (0,)
    assert verdict.clean, verdict
    assert differences(database, run) == []
