"""LocalStack is killed in the middle of the load, and started again."""

import psycopg
from rich.console import Console

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.startup import start_environment
from mailroom.progress import Progress
from tests.faults.checker import content
from tests.faults.run import LOAD, Run
from tests.support.flow import Flow
from tests.support.locks import locked
from tests.support.own_environment import own as own


def test_what_was_only_queued_is_there_again_and_is_ingested(own: EmbeddedEnvironment) -> None:
    """Protection: SQS acknowledges a message when it is on the disk."""
    with psycopg.connect(own.connect().database, autocommit=True) as database:
        run = Run(Flow(own.connect(), database))
        run.shorten_visibility()
        run.start(run.events())
        run.until_rows(20)
        with locked(own.connect().database, "LOCK TABLE messages IN SHARE MODE"):
            run.note_acknowledged()
            queued = set(map(content, run.queued(["NotificationQueue", "AlertQueue"])))
            own.stop_localstack()
            without_queues = set(run.checker.check({"rows": run.row_bodies()}).lost)

        start_environment(own, Progress(Console(stderr=True)))
        again = Run(Flow(own.connect(), database), run)
        again.drain()
        verdict = again.verdict()

    assert without_queues
    assert without_queues <= queued
    assert verdict.clean, verdict
    assert again.rows() == LOAD


def test_what_is_sent_again_after_it_makes_no_second_row(own: EmbeddedEnvironment) -> None:
    """Protection: ids. The source sends all again; what was ingested before is there already."""
    with psycopg.connect(own.connect().database, autocommit=True) as database:
        run = Run(Flow(own.connect(), database))
        run.shorten_visibility()
        events = run.events()
        run.start(events)
        run.until_rows(20)
        own.stop_localstack()

        start_environment(own, Progress(Console(stderr=True)))
        again = Run(Flow(own.connect(), database), run)
        again.start(events)
        verdict = again.finish()

    assert verdict.clean, verdict
    assert again.rows() == LOAD
