"""Received messages are sorted, settled and buried by rules that need no database."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from threading import Thread
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import errors

from messages.problems import Reason
from messages.size import LARGEST_MESSAGE
from process_messages.outcomes import ALREADY_THERE, DEAD_LETTERED, INGESTED, Outcomes
from process_messages.progress import Progress
from process_messages.queue import dead_attributes
from process_messages.reading import Letter, letter, read
from process_messages.received import Attribute, Received, from_event, from_queue
from process_messages.request import IngestRequest, SettleRequest, parse
from process_messages.settlement import Settlement
from process_messages.sqlstate import Fault, fault
from shared.context import Deadline
from shared.errors import InvalidInput, QueueUnavailable

Make = Callable[..., dict[str, Any]]


def received(body: str, **attributes: str) -> Received:
    named = {name: Attribute("String", value) for name, value in attributes.items()}
    return Received("message-1", "handle", body, named, 1)


def settlement(settled: int, expected: int = 10, overdue: bool = False) -> Settlement:
    return Settlement(expected, settled, settled, 0, 0, overdue)


def test_messages_are_sorted_by_whether_they_can_ever_be_ingested(notification: Make) -> None:
    alert = notification(type="alert", data={"severity": "low", "summary": "s"})
    bodies = [json.dumps(notification()), "no json", json.dumps(notification(id=""))]
    bodies += [json.dumps(alert), json.dumps(notification(subject="\0"))]

    entries, letters = read([received(body) for body in bodies], "notification")

    assert [entry.key for entry in entries] == [("/tests", "1")]
    assert [one.reason for one in letters] == [
        Reason.INVALID_JSON,
        Reason.INVALID_MESSAGE,
        Reason.WRONG_TYPE,
        Reason.UNSTORABLE,
    ]


def test_a_letter_keeps_what_is_known_of_an_invalid_message(notification: Make) -> None:
    body = json.dumps(notification(data={}, id="7"))

    _, (one,) = read([received(body)], "notification")

    assert (one.type, one.source, one.event_id) == ("notification", "/tests", "7")
    assert one.digest is not None


def test_of_several_outcomes_of_one_content_the_best_is_settled(notification: Make) -> None:
    (entry,), _ = read([received(json.dumps(notification()), batch_id="b")], "notification")
    dead = letter(entry, Reason.UNSTORABLE, "why")

    both = Outcomes([(entry, ALREADY_THERE), (entry, INGESTED)], [dead]).settlements()
    only = Outcomes([], [dead]).settlements()

    assert [row.outcome for row in both] == [INGESTED]
    assert [row.outcome for row in only] == [DEAD_LETTERED]


def test_a_message_without_batch_or_in_the_wrong_queue_settles_nothing(notification: Make) -> None:
    (entry,), _ = read([received(json.dumps(notification()))], "notification")
    _, (wrong,) = read([received(json.dumps(notification()), batch_id="b")], "alert")

    assert Outcomes([(entry, INGESTED)], [wrong]).settlements() == []


@pytest.mark.parametrize("value", ["", "x" * 129, "a\0", "\ud800", "a\nb"])
def test_an_attribute_that_is_no_batch_is_none(value: str) -> None:
    assert received("", batch_id=value).batch_id is None


def test_both_ways_in_give_the_same_message() -> None:
    polled = from_queue(
        {
            "MessageId": "m",
            "ReceiptHandle": "h",
            "Body": "body",
            "Attributes": {"ApproximateReceiveCount": "3"},
            "MessageAttributes": {
                "type": {"DataType": "String", "StringValue": "alert"},
                "blob": {"DataType": "Binary", "BinaryValue": b"\0\1"},
            },
        }
    )
    pushed = from_event(
        {
            "messageId": "m",
            "receiptHandle": "h",
            "body": "body",
            "attributes": {"ApproximateReceiveCount": "3"},
            "messageAttributes": {
                "type": {"dataType": "String", "stringValue": "alert"},
                "blob": {"dataType": "Binary", "binaryValue": base64.b64encode(b"\0\1").decode()},
            },
        }
    )

    assert polled == pushed
    assert polled.receives == 3


@given(
    st.integers(LARGEST_MESSAGE - 300, LARGEST_MESSAGE),
    st.text(max_size=500),
    st.integers(0, 10),
)
def test_a_dead_letter_fits_its_queue_whatever_its_size_and_attributes(
    size: int, detail: str, count: int
) -> None:
    names = {f"name{number}": Attribute("String", "v") for number in range(count)}
    used = sum(len(name) + len("String") + 1 for name in names)
    message = Received("m", "h", "x" * (size - used), names, 1)

    attributes = dead_attributes(Letter(message, Reason.INVALID_JSON, detail))

    total = sum(
        len(name) + len("String") + len(value["StringValue"].encode())
        for name, value in attributes.items()
    )
    assert len(attributes) <= 10
    assert len(message.raw()) + total <= LARGEST_MESSAGE
    assert all(value["StringValue"] for value in attributes.values())


def test_a_dead_letter_carries_its_routing_reason_and_detail_first() -> None:
    others = {f"a{number}": "v" for number in range(8)}
    message = received("body", **others, type="alert", batch_id="b", reason="old")

    attributes = dead_attributes(Letter(message, Reason.UNSTORABLE, "why"))

    assert len(attributes) == 10
    assert attributes["reason"]["StringValue"] == "unstorable"
    assert attributes["detail"]["StringValue"] == "why"
    assert {"type", "batch_id"} < attributes.keys()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.DeadlockDetected(), Fault.TIME),
        (errors.SerializationFailure(), Fault.TIME),
        (errors.TooManyConnections(), Fault.TIME),
        (errors.DiskFull(), Fault.TIME),
        (errors.AdminShutdown(), Fault.TIME),
        (errors.InvalidPassword(), Fault.TIME),
        (errors.ReadOnlySqlTransaction(), Fault.TIME),
        (errors.QueryCanceled(), Fault.TIME),
        (errors.InternalError_(), Fault.TIME),
        (psycopg.OperationalError("connection refused"), Fault.TIME),
        (psycopg.OperationalError('FATAL:  database "x" does not exist'), Fault.SETUP),
        (errors.UndefinedTable(), Fault.SETUP),
        (errors.InsufficientPrivilege(), Fault.SETUP),
        (errors.CheckViolation(), Fault.MESSAGE),
        (errors.UntranslatableCharacter(), Fault.MESSAGE),
        (errors.ProgramLimitExceeded(), Fault.MESSAGE),
        (errors.RaiseException(), Fault.MESSAGE),
        (psycopg.DataError("NUL"), Fault.MESSAGE),
    ],
)
def test_only_a_message_s_own_fault_is_held_against_it(
    error: psycopg.Error, expected: Fault
) -> None:
    assert fault(error) is expected


def test_counting_waits_until_the_batch_may_be_settled() -> None:
    progress = Progress("mine", settlement(4))

    assert not progress.add(Counter(mine=5, other=100))
    assert progress.add(Counter(mine=1))


def test_a_count_that_finds_less_than_was_hoped_puts_the_next_one_off() -> None:
    progress = Progress("mine", settlement(0))
    progress.add(Counter(mine=10))

    progress.count(lambda: settlement(7))

    assert not progress.stopped
    assert not progress.add(Counter(mine=2))
    assert progress.add(Counter(mine=1))


@pytest.mark.parametrize("last", [settlement(10), settlement(3, overdue=True)])
def test_a_batch_that_is_settled_or_overdue_wakes_those_who_wait(last: Settlement) -> None:
    progress = Progress("mine", settlement(0))
    # The other consumer receives for as long as this one waits.
    assert progress.await_turn(Deadline(60))
    waiting = Thread(target=progress.await_turn, args=(Deadline(60),))
    waiting.start()

    progress.count(lambda: last)

    waiting.join(timeout=5)
    assert not waiting.is_alive()
    assert progress.settlement == last


def test_the_first_failure_is_kept() -> None:
    progress = Progress("mine", settlement(0))
    first = QueueUnavailable("first")

    progress.fail(first)
    progress.fail(QueueUnavailable("second"))

    assert progress.stopped
    assert progress.failure is first


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (settlement(10), "settled"),
        (settlement(10, overdue=True), "settled"),
        (settlement(9), "pending"),
        (settlement(9, overdue=True), "late"),
        (settlement(0, expected=0), "settled"),
    ],
)
def test_the_answer_says_how_far_a_batch_is(state: Settlement, status: str) -> None:
    assert state.answer()["status"] == status


def test_a_request_comes_from_the_state_machine_or_an_event_source_mapping() -> None:
    started = "2026-01-31T12:00:00.123Z"
    event = {"type": "alert", "batchId": "b", "expected": 0, "startedAt": started}

    assert parse(event) == SettleRequest("alert", "b", 0, "2026-01-31T12:00:00.123000+00:00")
    assert parse({"Records": []}) == IngestRequest({"Records": []})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "unknown"}, "type"),
        ({"batchId": ""}, "batchId"),
        ({"expected": -1}, "expected"),
        ({"expected": True}, "expected"),
        ({"startedAt": "now"}, "startedAt"),
        ({"startedAt": 5}, "startedAt"),
        ({"Records": {}}, "Records"),
    ],
)
def test_a_request_of_another_shape_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    event = {"type": "alert", "batchId": "b", "expected": 1, "startedAt": "2026-01-31T12:00:00Z"}

    with pytest.raises(InvalidInput, match=f"^{field}: "):
        parse(event | change)
