"""What may succeed later stays in the queue: nothing is lost, and nothing is dead."""

import secrets
from typing import Any

from mailroom.project import Project
from mailroom.workflow.queues import peek
from tests.support.dead_end import dead_end
from tests.support.dead_letters import outcomes
from tests.support.events import mixed
from tests.support.flow import Flow, until
from tests.support.ingestion_role import IngestionRole
from tests.support.locks import locked


def test_messages_wait_in_the_queue_while_the_database_is_unreachable(
    flow: Flow, role: IngestionRole, this_machine: str
) -> None:
    events = mixed(6)

    with (
        dead_end(this_machine) as nowhere,
        role.other_secret(host=nowhere.host, port=nowhere.port),
        role.shut_out(),
    ):
        execution = flow.start({"messages": events})
        until(lambda: nowhere.visits > 1, "the function to look for the database")
        waiting = unreceived(flow, events)
        ingested = flow.ingested(events)
    output = flow.ended(execution).output

    assert waiting == {event["id"] for event in events}
    assert ingested == []
    assert [output[kind]["ingested"] for kind in output["published"]] == [3, 3]
    assert flow.ingested(events) == events


def test_credentials_that_were_rotated_are_read_anew(flow: Flow, role: IngestionRole) -> None:
    events, password = mixed(4), secrets.token_urlsafe()
    flow.send(mixed(2))

    with role.other_password(password), role.other_secret(password=password):
        output = flow.send(events)

    assert [output[kind]["ingested"] for kind in output["published"]] == [2, 2]
    assert flow.ingested(events) == events


def test_a_batch_settles_once_wrong_credentials_are_corrected(
    flow: Flow, project: Project, role: IngestionRole
) -> None:
    events, log = mixed(4), project.logs / "postgres.log"
    before = role.refusals(log)

    with role.other_password(secrets.token_urlsafe()):
        execution = flow.start({"messages": events})
        until(lambda: role.refusals(log) > before, "the function's login to be refused")
        waiting = unreceived(flow, events)
    output = flow.ended(execution).output

    assert waiting == {event["id"] for event in events}
    assert [output[kind]["ingested"] for kind in output["published"]] == [2, 2]
    assert flow.ingested(events) == events


def test_a_connection_that_ends_in_mid_transaction_costs_nothing(
    flow: Flow, role: IngestionRole
) -> None:
    events = mixed(4)

    with locked(flow.environment.database, "LOCK TABLE messages IN SHARE MODE"):
        execution = flow.start({"messages": events})
        until(role.waits_for_lock, "the function to be in its transaction")
        role.end_sessions()
        until(role.waits_for_lock, "the function to try again")
        ingested = flow.ingested(events)
    output = flow.ended(execution).output

    assert ingested == []
    assert [output[kind]["ingested"] for kind in output["published"]] == [2, 2]
    assert flow.ingested(events) == events
    assert outcomes(flow.database, output["batchId"]) == {
        event["id"]: ["ingested"] for event in events
    }


def unreceived(flow: Flow, events: list[dict[str, Any]]) -> set[str]:
    """Which of the events lie in their queues and were never received."""
    messages = [
        message
        for queue in ("NotificationQueue", "AlertQueue")
        for message in peek(flow.environment, queue)
        if message["received"] == 0
    ]
    return {event["id"] for event in events if any(event["id"] in one["body"] for one in messages)}
