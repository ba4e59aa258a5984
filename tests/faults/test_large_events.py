"""Events of a thousand messages: some can never be ingested, some are handled twice at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.faults.checker import as_bodies
from tests.faults.run import Run
from tests.faults.test_delivery_faults import invoke
from tests.support.poison import poison_for_notifications

DEAD = "NotificationDeadLetterQueue"
MESSAGES = 1000


@contextmanager
def refused(database: psycopg.Connection, event: dict[str, Any]) -> Iterator[None]:
    """Meanwhile the database alone refuses an event."""
    database.execute(
        f"ALTER TABLE messages ADD CONSTRAINT refused CHECK (id <> '{event['id']}') NOT VALID"
    )
    try:
        yield
    finally:
        database.execute("ALTER TABLE messages DROP CONSTRAINT refused")


def notifications(run: Run) -> list[dict[str, Any]]:
    return [one for one in run.events(2 * MESSAGES) if one["type"] == "notification"]


def test_one_poison_in_a_thousand_is_dead_and_the_others_are_ingested(
    run: Run, database: psycopg.Connection
) -> None:
    """Protection: what fails for its data is halved until it is alone."""
    events = notifications(run)
    bodies = as_bodies(events)
    run.checker.attempt(bodies)

    with refused(database, events[617]):
        answer = invoke(run, bodies)
    run.checker.acknowledge(bodies)
    verdict = run.finish()

    assert answer == {"batchItemFailures": []}
    assert verdict.clean, verdict
    assert run.rows() == MESSAGES - 1
    assert run.queued([DEAD]) == [bodies[617]]


def test_many_kinds_of_poison_leave_by_batches_and_once(
    run: Run, database: psycopg.Connection
) -> None:
    """Protection: a dead letter is sent by the consumer that has its lock."""
    events = notifications(run)[:200]
    poison = [
        run.marked(body) for _ in range(8) for body in list(poison_for_notifications().values())[:2]
    ]
    bodies = [*as_bodies(events), *poison]
    run.checker.attempt(bodies)

    with refused(database, events[0]), ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda _: invoke(run, bodies), range(3)))
    run.checker.acknowledge(bodies)
    verdict = run.finish()

    # What another one was sending is not finished, and would come again.
    assert min(len(answer["batchItemFailures"]) for answer in answers) == 0
    assert verdict.clean, verdict
    assert run.rows() == 199
    assert len(run.messages([DEAD])) == 1 + len(poison)
