"""The checker reports each kind of harm, and nothing else."""

import json
from typing import Any

import pytest

from tests.faults.checker import Checker, as_bodies, content

ROWS, DEAD, UNROUTED = "rows", "dead letters", "unrouted"


def events(count: int) -> list[dict[str, Any]]:
    return [{"id": f"event-{n}", "source": "/tests", "data": {"n": n}} for n in range(count)]


@pytest.fixture
def bodies() -> list[str]:
    return as_bodies(events(4))


@pytest.fixture
def checker(bodies: list[str]) -> Checker:
    """One that has seen four attempts, three of them acknowledged."""
    checker = Checker()
    checker.attempt(bodies)
    checker.acknowledge(bodies[:3])
    return checker


def test_a_run_in_which_each_event_is_in_one_place_is_clean(
    checker: Checker, bodies: list[str]
) -> None:
    verdict = checker.check({ROWS: bodies[:1], DEAD: bodies[1:2], UNROUTED: bodies[2:3]})

    assert verdict.clean
    assert (verdict.attempted, verdict.acknowledged, verdict.recovered) == (4, 3, [])


def test_an_acknowledged_event_that_is_nowhere_is_lost(checker: Checker, bodies: list[str]) -> None:
    verdict = checker.check({ROWS: bodies[:2]})

    assert verdict.lost == [content(bodies[2])]
    assert not verdict.clean


def test_an_attempt_that_was_not_acknowledged_may_be_missing_or_recovered(
    checker: Checker, bodies: list[str]
) -> None:
    missing, there = checker.check({ROWS: bodies[:3]}), checker.check({ROWS: bodies})

    assert missing.clean
    assert there.clean
    assert there.recovered == [content(bodies[3])]


@pytest.mark.parametrize("other", [ROWS, DEAD, UNROUTED])
def test_an_event_in_two_places_or_twice_in_one_is_duplicated(
    checker: Checker, bodies: list[str], other: str
) -> None:
    found: dict[str, list[str]] = {ROWS: list(bodies), DEAD: [], UNROUTED: []}
    found[other].append(bodies[0])

    verdict = checker.check(found)

    assert verdict.duplicated == {content(bodies[0]): sorted([ROWS, other])}
    assert not verdict.clean


def test_an_attempt_without_acknowledgement_may_not_be_there_twice(
    checker: Checker, bodies: list[str]
) -> None:
    verdict = checker.check({ROWS: [*bodies, bodies[3]]})

    assert list(verdict.duplicated) == [content(bodies[3])]


def test_what_was_never_sent_is_unexpected(checker: Checker, bodies: list[str]) -> None:
    [unknown] = as_bodies([{"id": "unknown"}])

    verdict = checker.check({ROWS: [*bodies, unknown]})

    assert verdict.unexpected == [content(unknown)]
    assert not verdict.clean


def test_an_altered_event_is_lost_and_unexpected(checker: Checker, bodies: list[str]) -> None:
    altered = bodies[0].replace('{"n": 0}', '{"n": 0.0}')

    verdict = checker.check({ROWS: [altered, *bodies[1:]]})

    assert verdict.lost == [content(bodies[0])]
    assert verdict.unexpected == [content(altered)]


def test_the_order_of_keys_and_white_space_make_no_other_content() -> None:
    [event] = events(1)

    reordered = json.dumps(dict(reversed(event.items())), indent=2)

    assert content(reordered) == content(json.dumps(event))


def test_a_number_beyond_64_bits_is_compared_digit_by_digit() -> None:
    one, other = '{"n": 100000000000000000001}', '{"n": 100000000000000000002}'

    assert content(one) != content(other)


def test_a_body_that_is_no_json_is_told_by_its_bytes() -> None:
    assert content("no json") == content("no json")
    assert content("no json") != content("no json ")


def test_what_was_not_attempted_can_not_be_acknowledged(checker: Checker) -> None:
    with pytest.raises(AssertionError):
        checker.acknowledge(["{}"])


def test_a_verdict_names_what_it_counts(checker: Checker, bodies: list[str]) -> None:
    text = str(checker.check({ROWS: [bodies[0], bodies[0], bodies[2]]}))

    assert text.startswith("3 of 4 acknowledged, 1 lost (event-1 ")
    assert "1 duplicated (event-0 " in text
    assert "0 unexpected" in text
