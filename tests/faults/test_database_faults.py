"""Postgres fails under the load, in every way that passes: nothing is lost, nothing is doubled."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.proxy import Proxy, Session
from tests.faults.run import LOAD, Run
from tests.support.flow import until
from tests.support.ingestion_role import IngestionRole

# What passes by itself: serialization failure, deadlock, disk full, out of memory, too many
# connections, lock not available, query cancelled, cannot connect now, I/O error, internal error.
PASSING = ["40001", "40P01", "53100", "53200", "53300", "55P03", "57014", "57P03", "58030", "XX000"]


def test_the_answer_to_a_commit_is_lost(run: Run, proxy: Proxy) -> None:
    """Protection: a transaction that is repeated finds its own rows and settles as it did."""
    proxy.at_commit(Session.cut, times=5)
    run.start(run.events())

    [ended] = run.ended()
    verdict = run.finish()

    assert proxy.withheld == 5
    assert ended.status == "SUCCEEDED"
    assert verdict.clean, verdict


def test_no_connection_is_left(
    run: Run, embedded: EmbeddedEnvironment, role: IngestionRole, database: psycopg.Connection
) -> None:
    """Protection: 53300 passes, so the function waits, and receives nothing meanwhile."""
    log = embedded.project.logs / "postgres.log"
    refused, before = "too many connections for role", log.read_text().count("too many conn")

    with connection_limit(database, role, 0):
        run.start(run.events())
        until(lambda: log.read_text().count(refused) > before, "a connection to be refused")
        until(lambda: len(run.messages()) == LOAD, "the load on the queues")
        received = {message["received"] for message in run.messages()}
    verdict = run.finish()

    assert received == {0}
    assert verdict.clean, verdict


def test_a_deadlock(run: Run, database: psycopg.Connection, environment_dsn: str) -> None:
    """Protection: 40P01 passes, so the whole transaction is repeated."""
    before = deadlocks(database)
    with psycopg.connect(environment_dsn) as rival:
        rival.execute("SET deadlock_timeout = '60s'")
        rival.execute("LOCK TABLE notifications IN SHARE MODE")
        run.start(run.events())
        until(lambda: blocked_on(database, "notifications"), "a function that waits for the rival")
        rival.execute("LOCK TABLE messages IN SHARE MODE")
        rival.rollback()

    verdict = run.finish()

    until(lambda: deadlocks(database) > before, "the deadlock to be counted")
    assert verdict.clean, verdict


def test_errors_that_pass(run: Run, database: psycopg.Connection) -> None:
    """Protection: only what says that the data is at fault makes a dead letter."""
    with failing(database, run, PASSING):
        run.start(run.events())
        verdict = run.finish()
        [(failures,)] = database.execute("SELECT last_value FROM failures").fetchall()

    assert failures > 120
    assert verdict.clean, verdict
    assert run.rows() == LOAD


def test_a_message_that_fails_in_the_database_only(run: Run, database: psycopg.Connection) -> None:
    """Protection: what fails for its data is found one by one; its batch-mates are committed."""
    events = run.events()
    doomed = {event["id"] for event in events[::25]}
    database.execute("CREATE TABLE doomed (id text)")
    try:
        with database.cursor() as cursor:
            cursor.executemany("INSERT INTO doomed VALUES (%s)", [[one] for one in doomed])
        with failing(database, run, ["P0001"], "NEW.id IN (SELECT id FROM doomed)"):
            run.start(events)
            verdict = run.finish()
    finally:
        database.execute("DROP TABLE doomed")

    assert verdict.clean, verdict
    assert run.rows() == LOAD - len(doomed)
    assert len(run.messages(["NotificationDeadLetterQueue", "AlertDeadLetterQueue"])) == len(doomed)


@contextmanager
def connection_limit(
    database: psycopg.Connection, role: IngestionRole, limit: int
) -> Iterator[None]:
    """The role has no session, and may have so many at most."""
    database.execute(f'ALTER ROLE "{role.name}" CONNECTION LIMIT {limit}')
    try:
        role.end_sessions()
        yield
    finally:
        database.execute(f'ALTER ROLE "{role.name}" CONNECTION LIMIT -1')


@contextmanager
def failing(
    database: psycopg.Connection, run: Run, states: list[str], when: str = ""
) -> Iterator[None]:
    """Twenty inserts in the middle of this run fail, with these errors in turn.

    A sequence counts them, which no rollback takes back. With `when`, exactly those fail.
    """
    turn = "n BETWEEN 101 AND 120"
    listed = ", ".join(f"'{state}'" for state in states)
    database.execute(
        f"""
        CREATE SEQUENCE failures;
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        DECLARE n bigint; states text[] := ARRAY[{listed}];
        BEGIN
            n := nextval('failures');
            IF {when or turn} THEN
                RAISE EXCEPTION 'a fault of the test'
                USING ERRCODE = states[1 + n % array_length(states, 1)];
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER fail BEFORE INSERT ON messages FOR EACH ROW
        WHEN (NEW.source = '{run.source}') EXECUTE FUNCTION fail();
        """
    )
    try:
        yield
    finally:
        database.execute(
            "DROP TRIGGER fail ON messages; DROP FUNCTION fail; DROP SEQUENCE failures"
        )


def deadlocks(database: psycopg.Connection) -> int:
    """How many deadlocks Postgres has resolved."""
    [(count,)] = database.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchall()
    return int(count)


def blocked_on(database: psycopg.Connection, table: str) -> bool:
    """Whether somebody waits for a lock on a table."""
    row = database.execute(
        "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
    ).fetchone()
    return row is not None
