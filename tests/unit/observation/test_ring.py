"""The ring of events: bounded, numbered, and cheap to fill."""

import json
import threading
from functools import partial
from typing import Any

from mailroom_localstack.observation.counters import Counters
from mailroom_localstack.observation.ring import MOST_AT_ONCE, MOST_BYTES, Event, Ring


def read(ring: Ring, after: int = 0, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ring.after(after, **options))
    return found


def numbers(answer: dict[str, Any]) -> list[int]:
    return [event["n"] for event in answer["events"]]


def add(ring: Ring, *kinds: str, **options: Any) -> None:
    for kind in kinds:
        ring.add(partial(list, [{"kind": kind}]), **options)


def test_events_come_in_their_order_with_number_and_time_from_where_a_reader_stopped() -> None:
    ring = Ring()
    add(ring, "a", "b", "c", at=12.5)

    answer = read(ring, after=1)

    assert [(one["n"], one["at"], one["kind"]) for one in answer["events"]] == [
        (2, 12.5, "b"),
        (3, 12.5, "c"),
    ]
    assert (answer["first"], answer["last"], answer["epoch"]) == (1, 3, ring.epoch)


def test_a_full_ring_drops_the_oldest_and_a_reader_sees_that_it_has_missed_some() -> None:
    ring = Ring(events=3)
    add(ring, *"abcde")

    answer = read(ring)

    assert (numbers(answer), answer["first"]) == ([3, 4, 5], 3)


def test_calls_that_succeed_drop_no_other_event() -> None:
    ring = Ring(events=2, calls=2)
    add(ring, "publish")
    add(ring, *["call"] * 10, minor=True)
    add(ring, "delivery")

    assert [one["kind"] for one in read(ring)["events"]] == ["publish", "call", "call", "delivery"]


def test_an_event_is_made_when_a_reader_asks_and_once() -> None:
    ring, made = Ring(), 0

    def make() -> list[Event]:
        nonlocal made
        made += 1
        return [{"kind": "a"}, {"kind": "b"}]

    ring.add(make, count=2)

    assert made == 0
    assert numbers(read(ring)) == numbers(read(ring)) == [1, 2]
    assert made == 1


def test_what_events_keep_alive_until_they_are_made_is_bounded() -> None:
    ring, made = Ring(), 0

    def make() -> list[Event]:
        nonlocal made
        made += 1
        return [{"kind": "publish"}]

    for _ in range(10):
        ring.add(make, weight=MOST_BYTES // 5)

    assert made >= 5


def test_events_that_have_left_the_ring_are_never_made() -> None:
    ring, made = Ring(events=2), 0

    def make() -> list[Event]:
        nonlocal made
        made += 1
        return [{"kind": "publish"}]

    for _ in range(50):
        ring.add(make, weight=MOST_BYTES // 5)

    assert made == 0


def test_an_answer_has_at_most_five_hundred_events_and_the_next_one_goes_on() -> None:
    ring = Ring()
    add(ring, *["a"] * (MOST_AT_ONCE + 2))

    answer = read(ring)

    assert len(answer["events"]) == MOST_AT_ONCE
    assert numbers(read(ring, after=numbers(answer)[-1])) == [MOST_AT_ONCE + 1, MOST_AT_ONCE + 2]


def test_a_reader_may_ask_for_the_events_that_contain_a_word() -> None:
    ring = Ring()
    add(ring, "publish", "delivery", "receive")

    assert numbers(read(ring, containing=["deliv", "rec"])) == [2, 3]


def test_a_reader_that_waits_is_answered_when_something_happens() -> None:
    ring, answers = Ring(), []
    reader = threading.Thread(target=lambda: answers.append(read(ring, wait=20)))
    reader.start()

    while not answers and reader.is_alive():
        add(ring, "a")
        reader.join(0.05)

    assert numbers(answers[0])[0] == 1


def test_an_end_answers_who_waits() -> None:
    ring = Ring()
    reader = threading.Thread(target=lambda: read(ring, wait=20))
    reader.start()

    ring.close()

    reader.join(5)
    assert not reader.is_alive()


def test_counters_count_by_edge_and_by_the_node_at_which_it_happens() -> None:
    counters = Counters()
    counters.add("delivery", "topic", "queue", 10)
    counters.add("delivery", "topic", "queue")
    counters.add("receive", "queue", "function", 4)

    told = counters.as_json()

    assert {"kind": "delivery", "from": "topic", "to": "queue", "count": 11} in told["edges"]
    assert told["nodes"] == {"queue": {"delivery": 11, "receive": 4}}
