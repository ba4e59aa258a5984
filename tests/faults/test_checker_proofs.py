"""The checker finds real harm: what our protections prevent, with the protection taken out."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.code import altered
from tests.faults.processes import FunctionProcesses
from tests.faults.protections import ERRORS_ARE_RAISED, REPEATS_CHANGE_NOTHING
from tests.faults.run import Run
from tests.support.flow import until
from tests.support.ingestion_role import IngestionRole
from tests.support.locks import locked


def test_without_the_inbox_constraint_it_reports_duplicates(
    run: Run, embedded: EmbeddedEnvironment, database: psycopg.Connection
) -> None:
    events = run.events(100)

    with no_constraint(database), altered(embedded, "ProcessMessages", REPEATS_CHANGE_NOTHING):
        run.start(events)
        run.ended()
        run.start(events)
        verdict = run.finish()

    assert len(verdict.duplicated) == 100
    assert {places.count("rows") for places in verdict.duplicated.values()} == {2}
    assert (verdict.lost, verdict.unexpected) == ([], [])


def test_with_an_error_swallowed_as_success_it_reports_losses(
    run: Run, embedded: EmbeddedEnvironment, role: IngestionRole, processes: FunctionProcesses
) -> None:
    with altered(embedded, "ProcessMessages", ERRORS_ARE_RAISED):
        with locked(run.flow.environment.database, "LOCK TABLE messages IN SHARE MODE"):
            execution = run.start(run.events(100))
            until(role.waits_for_lock, "the function to be in its transaction")
            role.end_sessions()
        until(lambda: run.has_published(execution) and not run.messages(), "the queues to be empty")
        run.stop(execution)
        for process in processes.at_work():
            process.kill()
        verdict = run.finish()

    assert verdict.lost
    assert (verdict.unexpected, verdict.duplicated) == ([], {})


@contextmanager
def no_constraint(database: psycopg.Connection) -> Iterator[None]:
    """The tables take any row any number of times; at the end they are empty, and as they were."""
    database.execute("ALTER TABLE messages DROP CONSTRAINT messages_pkey CASCADE")
    database.execute("ALTER TABLE notifications DROP CONSTRAINT notifications_pkey")
    database.execute("ALTER TABLE alerts DROP CONSTRAINT alerts_pkey")
    try:
        yield
    finally:
        database.execute("TRUNCATE messages, notifications, alerts")
        for table in ("messages", "notifications", "alerts"):
            database.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (source, id)")
        for table in ("notifications", "alerts"):
            database.execute(
                f"ALTER TABLE {table} ADD FOREIGN KEY (source, id)"
                " REFERENCES messages ON DELETE CASCADE"
            )
