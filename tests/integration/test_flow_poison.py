"""Messages that can never be ingested go to the dead-letter queue with a reason; what messages
that no subscription matches go to the unrouted queue; other messages are not delayed."""

import json
import uuid
from typing import Any

import pytest

from tests.support.dead_letters import dead_letters, outcomes
from tests.support.events import alert, notification
from tests.support.flow import Flow, until
from tests.support.poison import poison_for_notifications


@pytest.mark.parametrize("way", ["topic", "queue"])
def test_poison_is_dead_lettered_with_its_reason_and_its_batch_mates_are_ingested(
    flow: Flow, way: str
) -> None:
    poison, mates, batch = poison_for_notifications(), [notification(), notification()], new_name()
    for body in (json.dumps(mates[0]), *poison.values(), json.dumps(mates[1])):
        attributes = {"type": "notification", "batch_id": batch, "trace": "kept"}
        if way == "topic":
            flow.publish(body, **attributes)
        else:
            flow.put("NotificationQueue", body, **attributes)

    flow.work_until(
        lambda: all(flow.queued("NotificationDeadLetterQueue", body) for body in poison.values()),
        "the poison in the dead-letter queue",
    )

    until(lambda: len(flow.ingested(mates)) == 2, "the batch-mates")
    for reason, body in poison.items():
        assert flow.queued("NotificationQueue", body) == []
        [message] = flow.queued("NotificationDeadLetterQueue", body)
        [row] = dead_letters(flow.database, body)
        kept = {"type": "notification", "batch_id": batch, "trace": "kept"}
        assert message["attributes"] == {**kept, "reason": reason, "detail": row.detail}
        assert (row.reason, row.batch_id, row.sent, row.resolved) == (reason, batch, True, False)
        assert {name: value["value"] for name, value in row.attributes.items()} == kept


def test_a_dead_letter_row_keeps_the_bytes_of_whatever_came(flow: Flow) -> None:
    beginnings = (" \t\n", '"\\ud800', "\ufeff{}", '{"a":1}{', "[" * 5000, "é📬\u2028")
    bodies = [f"{beginning}{uuid.uuid4()}" for beginning in beginnings]
    for body in bodies:
        flow.put("AlertQueue", body)

    flow.work_until(
        lambda: all(dead_letters(flow.database, body) for body in bodies), "the dead letters"
    )

    for body in bodies:
        [row] = dead_letters(flow.database, body)
        assert (row.reason, row.sent, row.batch_id) == ("invalid_json", True, None)


@pytest.mark.parametrize(
    "attributes", [{"type": "greeting"}, {"type": "Notification"}, {"trace": "no type"}]
)
def test_what_no_filter_matches_ends_in_the_unrouted_queue(
    flow: Flow, attributes: dict[str, str]
) -> None:
    event = notification()
    body = json.dumps(event)

    flow.publish(body, **attributes)

    until(lambda: bool(flow.queued("UnroutedQueue", body)), "the message in the unrouted queue")
    [message] = flow.queued("UnroutedQueue", body)
    assert message["attributes"] == attributes
    assert flow.queued("NotificationQueue", body) == flow.queued("AlertQueue", body) == []


@pytest.mark.parametrize("other", [{"data": {"recipient": "bob", "title": "other"}}, None])
def test_the_same_id_with_other_content_does_not_overwrite_the_first(
    flow: Flow, other: dict[str, Any] | None
) -> None:
    first = notification()
    second = {**first, **other} if other else {**alert(), "id": first["id"]}
    kind, queue = second["type"], second["type"].capitalize()
    flow.send([first])

    output = flow.send([second])

    assert (output[kind]["deadLettered"], output[kind]["ingested"]) == (1, 0)
    assert flow.ingested([first]) == [first]
    [body] = [row.body.decode() for row in letters_of(flow, first["id"])]
    assert json.loads(body) == second
    [message] = flow.queued(f"{queue}DeadLetterQueue", body)
    assert message["attributes"]["reason"] == "conflicting_duplicate"


def test_of_two_contents_for_one_id_in_a_batch_one_is_ingested_and_one_is_dead(flow: Flow) -> None:
    one = notification()
    other = {**one, "data": {"recipient": "bob", "title": "other"}}

    output = flow.send([one, other])

    counts = output["notification"]
    assert (counts["published"], counts["ingested"], counts["deadLettered"]) == (2, 1, 1)
    [kept], [dead] = flow.ingested([one]), letters_of(flow, one["id"])
    assert sorted([kept, json.loads(dead.body)], key=str) == sorted([one, other], key=str)
    assert outcomes(flow.database, output["batchId"]) == {one["id"]: ["dead_lettered", "ingested"]}


def letters_of(flow: Flow, event_id: str) -> list[Any]:
    rows = flow.database.execute(
        "SELECT body FROM dead_letters WHERE event_id = %s", [event_id]
    ).fetchall()
    return [letter for (body,) in rows for letter in dead_letters(flow.database, body.decode())]


def new_name() -> str:
    return f"test-{uuid.uuid4()}"
