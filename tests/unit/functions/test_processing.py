"""How messages are sorted, settled and recorded as dead letters, as far as it needs no database."""

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
from messages.type_settings import TypeSettings
from process_messages.database import Fault, fault
from process_messages.dead_letters import DeadLetter, dead_letter_attributes
from process_messages.queue import pause_after
from process_messages.reading import (
    ALREADY_THERE,
    DEAD_LETTERED,
    INGESTED,
    Outcomes,
    dead_letter,
    read,
)
from process_messages.received import Attribute, Received, from_event, from_queue
from process_messages.request import IngestRequest, SettleRequest, parse
from process_messages.settlement import Patience, Progress, Settlement
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

    entries, dead_letters = read([received(body) for body in bodies], "notification")

    assert [entry.key for entry in entries] == [("/tests", "1")]
    assert [one.reason for one in dead_letters] == [
        Reason.INVALID_JSON,
        Reason.INVALID_MESSAGE,
        Reason.WRONG_TYPE,
        Reason.UNSTORABLE,
    ]


def test_a_dead_letter_names_the_event_as_far_as_it_is_known(
    notification: Make,
) -> None:
    body = json.dumps(notification(data={}, id="7"))

    _, (one,) = read([received(body)], "notification")

    assert (one.type, one.source, one.event_id) == ("notification", "/tests", "7")
    assert one.digest is not None


def test_of_several_outcomes_of_one_content_the_best_is_settled(notification: Make) -> None:
    (entry,), _ = read([received(json.dumps(notification()), batch_id="b")], "notification")
    dead = dead_letter(entry, Reason.UNSTORABLE, "why")

    both = Outcomes([(entry, ALREADY_THERE), (entry, INGESTED)], [dead]).settlements()
    only = Outcomes([], [dead]).settlements()

    assert [row.outcome for row in both] == [INGESTED]
    assert [row.outcome for row in only] == [DEAD_LETTERED]


def test_a_message_without_batch_or_in_the_wrong_queue_settles_nothing(notification: Make) -> None:
    (entry,), _ = read([received(json.dumps(notification()))], "notification")
    _, (wrong,) = read([received(json.dumps(notification()), batch_id="b")], "alert")

    assert Outcomes([(entry, INGESTED)], [wrong]).settlements() == []


@pytest.mark.parametrize("value", ["", "x" * 129, "a\0", "\ud800", "a\nb"])
def test_an_attribute_that_can_not_be_a_batch_id_is_ignored(value: str) -> None:
    assert received("", batch_id=value).batch_id is None


def test_a_message_is_the_same_received_or_in_an_event() -> None:
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
def test_a_dead_letter_of_any_size_and_attributes_fits_into_its_queue(
    size: int, detail: str, count: int
) -> None:
    names = {f"name{number}": Attribute("String", "v") for number in range(count)}
    used = sum(len(name) + len("String") + 1 for name in names)
    message = Received("m", "h", "x" * (size - used), names, 1)

    attributes = dead_letter_attributes(DeadLetter(message, Reason.INVALID_JSON, detail))

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

    attributes = dead_letter_attributes(DeadLetter(message, Reason.UNSTORABLE, "why"))

    assert len(attributes) == 10
    assert attributes["reason"]["StringValue"] == "unstorable"
    assert attributes["detail"]["StringValue"] == "why"
    assert {"type", "batch_id"} < attributes.keys()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.DeadlockDetected(), Fault.TRANSIENT),
        (errors.SerializationFailure(), Fault.TRANSIENT),
        (errors.TooManyConnections(), Fault.TRANSIENT),
        (errors.DiskFull(), Fault.TRANSIENT),
        (errors.AdminShutdown(), Fault.TRANSIENT),
        (errors.InvalidPassword(), Fault.TRANSIENT),
        (errors.ReadOnlySqlTransaction(), Fault.TRANSIENT),
        (errors.QueryCanceled(), Fault.TRANSIENT),
        (errors.InternalError_(), Fault.TRANSIENT),
        (psycopg.OperationalError("connection refused"), Fault.TRANSIENT),
        (psycopg.OperationalError('FATAL:  database "x" does not exist'), Fault.MISCONFIGURED),
        (errors.UndefinedTable(), Fault.MISCONFIGURED),
        (errors.InsufficientPrivilege(), Fault.MISCONFIGURED),
        (errors.CheckViolation(), Fault.BAD_MESSAGE),
        (errors.UntranslatableCharacter(), Fault.BAD_MESSAGE),
        (errors.ProgramLimitExceeded(), Fault.BAD_MESSAGE),
        (errors.RaiseException(), Fault.BAD_MESSAGE),
        (psycopg.DataError("NUL"), Fault.BAD_MESSAGE),
    ],
)
def test_only_an_error_of_its_data_makes_a_message_a_dead_letter(
    error: psycopg.Error, expected: Fault
) -> None:
    assert fault(error) is expected


def test_a_message_that_always_fails_lives_for_more_than_an_hour() -> None:
    pauses = [pause_after(receives) for receives in range(1, TypeSettings("").max_receive_count)]

    assert pauses[:3] == [2, 4, 8]
    assert max(pauses) == 900
    assert sum(pauses) > 3600


def test_counting_waits_until_the_batch_may_be_settled() -> None:
    progress = Progress("mine", settlement(4))

    assert not progress.add(Counter(mine=5, other=100))
    assert progress.add(Counter(mine=1))


def test_after_a_count_below_what_was_known_the_next_one_waits_for_the_rest() -> None:
    progress = Progress("mine", settlement(0))
    progress.add(Counter(mine=10))

    progress.count(lambda: settlement(7))

    assert not progress.stopped
    assert not progress.add(Counter(mine=2))
    assert progress.add(Counter(mine=1))


@pytest.mark.parametrize("last", [settlement(10), settlement(3, overdue=True)])
def test_a_batch_that_is_settled_or_overdue_ends_the_consumers_waits(last: Settlement) -> None:
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
def test_the_answer_has_the_status_of_the_batch(state: Settlement, status: str) -> None:
    assert state.answer()["status"] == status


@pytest.mark.parametrize(
    ("settled", "elapsed", "seconds"),
    [
        (0, 0.0, 1),
        (0, 5.0, 1),
        (0, 200.0, 20),
        (500, 20.0, 2),
        (100, 60.0, 54),
        (10, 60.0, 60),
        (999, 600.0, 12),
        (999, 86_400.0, 1728),
    ],
)
def test_a_wait_is_a_tenth_of_what_is_left_and_two_hundredths_of_what_was(
    settled: int, elapsed: float, seconds: int
) -> None:
    patience = Patience(780, types=2, consumes=False)

    assert patience.wait(settled, 1000, elapsed) == seconds
    assert Patience(780, types=2, consumes=True).wait(settled, 1000, elapsed) == 1


@pytest.mark.parametrize(
    ("limit", "expected", "seconds"),
    [(780, 10, 780), (780, 1_000_000, 10_780), (604_800, 1_000, 604_800), (5, 10**10, 604_800)],
)
def test_the_limit_of_waiting_grows_with_the_batch_up_to_what_queues_keep(
    limit: int, expected: int, seconds: int
) -> None:
    assert Patience(limit, types=2, consumes=False).limit(expected) == seconds


def test_only_a_batch_that_is_pending_is_waited_for() -> None:
    assert settlement(9).answer()["waitSeconds"] == 1
    assert "waitSeconds" not in settlement(10).answer()
    assert "waitSeconds" not in settlement(9, overdue=True).answer()


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
        ({"limitSeconds": 0}, "limitSeconds"),
        ({"consumers": "4"}, "consumers"),
        ({"Records": {}}, "Records"),
    ],
)
def test_a_request_of_another_shape_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    event = {"type": "alert", "batchId": "b", "expected": 1, "startedAt": "2026-01-31T12:00:00Z"}

    with pytest.raises(InvalidInput, match=f"^{field}: "):
        parse(event | change)
