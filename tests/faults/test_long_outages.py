"""An outage of an hour, with event source mappings, which receive all the same."""

import psycopg

from mailroom.environments.embedded.environment import EmbeddedEnvironment
from tests.faults.checker import as_bodies
from tests.faults.code import Passage, altered
from tests.faults.run import Run
from tests.support.flow import Flow, until
from tests.support.ingestion_role import IngestionRole
from tests.support.stacks import another_stack


def test_a_configuration_that_is_wrong_for_an_hour(
    embedded: EmbeddedEnvironment, database: psycopg.Connection
) -> None:
    """Protection: a message survives fourteen receives that fail.

    Each makes it invisible for longer, up to 900 s: here for a second. tests/unit/functions shows
    that the pauses of fourteen receives take more than an hour.
    """
    hurried = Passage("process_messages/queue.py", "_SECONDS = 900", "_SECONDS = 1")
    environment = embedded.connect()
    with another_stack(embedded.project, environment, Consumption="events") as stack:
        run, role = Run(Flow(stack, database)), IngestionRole(stack, database)
        events = run.events(20)
        with altered(embedded, "ProcessMessages", hurried, environment=stack):
            with role.other_secret(dbname="nowhere"):
                for event, body in zip(events, as_bodies(events), strict=True):
                    run.publish(body, type=event["type"])
                until(lambda: least_received(run) >= 8, "eight receives of each message")
            until(lambda: run.rows() == len(events), "all messages in the database")
        verdict = run.verdict()

    assert verdict.clean, verdict


def least_received(run: Run) -> int:
    """How often the message was received that was received least."""
    return min((int(message["received"]) for message in run.messages()), default=0)
