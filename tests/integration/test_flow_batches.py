"""Batches of every make go through, and each message is ingested once."""

import json
import uuid
from typing import Any

import pytest

from tests.support.dead_letters import outcomes
from tests.support.events import alert, mixed, notification
from tests.support.flow import Flow

SETTLED_AT_ONCE = {"published": 0, "ingested": 0, "deadLettered": 0, "alreadyThere": 0}


def test_a_mixed_batch_of_a_thousand_settles_in_one_execution(flow: Flow) -> None:
    events = mixed(1000)

    output = flow.succeed(flow.upload(map(json.dumps, events)))

    assert output["published"] == {"notification": 500, "alert": 500}
    assert [output[kind]["ingested"] for kind in output["published"]] == [500, 500]
    assert flow.ingested(events) == events


def test_an_empty_batch_settles_at_once(flow: Flow) -> None:
    output = flow.send([])

    assert output["published"] == {"notification": 0, "alert": 0}
    assert output["notification"] == output["alert"] == SETTLED_AT_ONCE


@pytest.mark.parametrize(
    ("make", "sent", "absent"),
    [
        (notification, "notification", "alert"),
        (alert, "alert", "notification"),
    ],
)
def test_a_batch_may_be_of_one_type_only(flow: Flow, make: Any, sent: str, absent: str) -> None:
    events = [make(), make()]

    output = flow.send(events)

    assert output[sent] == {**SETTLED_AT_ONCE, "published": 2, "ingested": 2}
    assert output[absent] == SETTLED_AT_ONCE
    assert flow.ingested(events) == events


def test_a_batch_sent_twice_makes_no_second_row(flow: Flow) -> None:
    events = mixed(6)

    first, second = flow.send(events), flow.send(events)

    assert [first[kind]["ingested"] for kind in first["published"]] == [3, 3]
    assert [second[kind]["ingested"] for kind in second["published"]] == [0, 0]
    assert [second[kind]["alreadyThere"] for kind in second["published"]] == [3, 3]
    assert flow.ingested(events) == events
    assert batches_of(flow, events) == {first["batchId"]}


def test_identical_duplicates_in_a_batch_are_published_once(flow: Flow) -> None:
    one, other = notification(), alert()

    output = flow.send([one, other, one, dict(reversed(one.items()))])

    assert output["published"] == {"notification": 1, "alert": 1}
    assert output["duplicates"] == 2
    assert flow.ingested([one, other]) == [one, other]


def test_two_executions_at_once_settle_each_its_own_batch(flow: Flow) -> None:
    batches = [mixed(60), mixed(60)]

    executions = [flow.start({"messages": events}) for events in batches]
    ended = [flow.ended(execution) for execution in executions]

    assert [one.status for one in ended] == ["SUCCEEDED", "SUCCEEDED"]
    for events, one in zip(batches, ended, strict=True):
        assert [one.output[kind]["ingested"] for kind in one.output["published"]] == [30, 30]
        assert flow.ingested(events) == events
        assert batches_of(flow, events) == {one.output["batchId"]}


def test_a_message_counts_for_its_own_batch_whichever_execution_ingests_it(flow: Flow) -> None:
    left_behind, batch = notification(), f"test-{uuid.uuid4()}"
    flow.publish(json.dumps(left_behind), type="notification", batch_id=batch)

    flow.work_until(lambda: bool(flow.ingested([left_behind])), "what another batch left")

    assert outcomes(flow.database, batch) == {left_behind["id"]: ["ingested"]}


def batches_of(flow: Flow, events: list[dict[str, Any]]) -> set[str]:
    rows = flow.database.execute(
        "SELECT batch_id FROM messages WHERE id = ANY(%s)", [[event["id"] for event in events]]
    )
    return {row[0] for row in rows}
