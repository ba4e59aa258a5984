"""Consumption `events`: event source mappings read the queues, and the workflow only waits."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256

import pytest
from psycopg import sql

from tests.support.dead_letters import dead_letters
from tests.support.events import alert, mixed, notification
from tests.support.flow import Event, Flow, until
from tests.support.ingestion_role import IngestionRole
from tests.support.locks import locked
from tests.support.poison import poison_for_notifications

QUEUE, DEAD = "NotificationQueue", "NotificationDeadLetterQueue"


def test_a_batch_settles_that_event_source_mappings_consume(events_flow: Flow) -> None:
    events = mixed(6)

    output = events_flow.send(events)

    assert [output[kind]["ingested"] for kind in output["published"]] == [3, 3]
    assert events_flow.ingested(events) == events


def test_what_is_delivered_twice_is_already_there(events_flow: Flow) -> None:
    events = mixed(4)
    events_flow.send(events)

    again = events_flow.send(events)

    assert [again[kind]["ingested"] for kind in again["published"]] == [0, 0]
    assert [again[kind]["alreadyThere"] for kind in again["published"]] == [2, 2]


@pytest.mark.parametrize("make", [notification, alert])
def test_a_message_is_ingested_to_the_letter_with_no_execution_that_waits_for_it(
    events_flow: Flow, make: Callable[..., Event]
) -> None:
    event = make(details={"number": "HERE", "text": "é\u2028📬"})
    body = json.dumps(event, ensure_ascii=False, indent=1).replace('"HERE"', "1.10e0")

    events_flow.publish(body, type=event["type"])

    until(lambda: bool(events_flow.ingested([event])), "the message in the database")
    stored = events_flow.database.execute(
        "SELECT event::text FROM messages WHERE id = %s", [event["id"]]
    )
    assert stored.fetchone() == (body,)


def test_poison_in_an_event_is_dead_lettered_and_its_batch_mates_are_ingested(
    events_flow: Flow, events_role: IngestionRole
) -> None:
    flow, mates = events_flow, [notification(), notification()]
    poison = {**poison_for_notifications(), "invalid_message": f'"text {mates[0]["id"]}"'}

    with one_event(flow, events_role):
        for body in (json.dumps(mates[0]), *poison.values(), json.dumps(mates[1])):
            flow.put(QUEUE, body)

    until(lambda: len(flow.ingested(mates)) == 2, "the batch-mates")
    for reason, body in poison.items():
        wait_for(flow, DEAD, body)
        wait_until_gone(flow, QUEUE, body)
        [message] = flow.queued(DEAD, body)
        [row] = dead_letters(flow.database, body)
        assert (message["attributes"]["reason"], row.reason, row.sent) == (reason, reason, True)


def test_of_an_event_that_fails_in_part_only_what_failed_comes_again(
    events_flow: Flow, events_role: IngestionRole
) -> None:
    flow, mates = events_flow, [json.dumps(notification()), json.dumps(notification())]
    poison = poison_for_notifications()["invalid_json"]

    with ExitStack() as meanwhile:
        with one_event(flow, events_role):
            flow.put(QUEUE, mates[0])
            poisonous = flow.put(QUEUE, poison)
            flow.put(QUEUE, mates[1])
            meanwhile.enter_context(another_consumer_sends(flow, poisonous, poison))
        for body in mates:
            wait_until_gone(flow, QUEUE, body)
        [left] = flow.queued(QUEUE, poison)
        early = flow.queued(DEAD, poison)
    wait_for(flow, DEAD, poison)
    wait_until_gone(flow, QUEUE, poison)

    assert left["received"] > 0
    assert early == []
    assert len(flow.queued(DEAD, poison)) == 1
    assert len(flow.ingested([json.loads(body) for body in mates])) == 2


@contextmanager
def one_event(flow: Flow, role: IngestionRole) -> Iterator[None]:
    """What is put on the queue meanwhile comes together, after a message that is held up."""
    with locked(flow.environment.database, "LOCK TABLE messages IN SHARE MODE"):
        flow.put(QUEUE, json.dumps(notification()))
        until(role.waits_for_lock, "the function to be held up")
        yield


@contextmanager
def another_consumer_sends(flow: Flow, message_id: str, body: str) -> Iterator[None]:
    """Meanwhile somebody else holds this message's dead letter, and does not come to send it."""
    queue = flow.environment.outputs[f"{QUEUE}Url"].rpartition("/")[2]
    flow.database.execute(
        "INSERT INTO dead_letters"
        " (queue, message_id, body, body_digest, reason, detail, attributes)"
        " VALUES (%s, %s, %s, %s, 'invalid_json', '-', '{}')",
        [queue, message_id, body.encode(), sha256(body.encode()).hexdigest()],
    )
    claim = sql.SQL("SELECT pg_advisory_lock(hashtextextended({}, 0))")
    with locked(flow.environment.database, claim.format(f"{queue} {message_id}")):
        yield


def wait_for(flow: Flow, queue: str, body: str) -> None:
    until(lambda: bool(flow.queued(queue, body)), f"a message on {queue}")


def wait_until_gone(flow: Flow, queue: str, body: str) -> None:
    until(lambda: not flow.queued(queue, body), f"a message off {queue}")
