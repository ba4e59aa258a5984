"""LocalStack is restarted in the middle of the load, and its queues are gone with it."""

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


def test_what_was_only_queued_is_named_and_what_is_resent_makes_no_second_row(
    own: EmbeddedEnvironment,
) -> None:
    """Protection: ids. The source sends all again; what was ingested before is there already."""
    with psycopg.connect(own.connect().database, autocommit=True) as database:
        run = Run(Flow(own.connect(), database))
        events = run.events()
        run.start(events)
        run.until_rows(20)
        with locked(own.connect().database, "LOCK TABLE messages IN SHARE MODE"):
            run.note_acknowledged()
            queued = set(map(content, run.queued(["NotificationQueue", "AlertQueue"])))
            own.stop_localstack()
            lost = set(run.checker.check({"rows": run.row_bodies()}).lost)

        start_environment(own, Progress(Console(stderr=True)))
        again = Run(Flow(own.connect(), database), run)
        again.start(events)
        resent = again.finish()

    assert lost
    assert lost <= queued
    assert resent.clean, resent
    assert again.rows() == LOAD
