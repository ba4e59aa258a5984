"""Events are accepted exactly as sent, or refused with the field's name."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.event import Message
from messages.problems import InvalidEvent, Reason

Make = Callable[..., dict[str, Any]]


def refused(text: str) -> list[tuple[str, Reason]]:
    with pytest.raises(InvalidEvent) as caught:
        Message(text)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def with_details(notification: Make, details: str) -> str:
    event = notification(data={"recipient": "r", "title": "t", "details": {"here": "DETAILS"}})
    return json.dumps(event).replace('"DETAILS"', details)


@pytest.mark.parametrize("text", ["1", "null", '"text"', "[]", "true", "1.5"])
def test_a_json_value_that_is_no_object_is_refused(text: str) -> None:
    assert refused(text) == [("event", Reason.INVALID_MESSAGE)]


@pytest.mark.parametrize("text", ["", "{", "no json", "{'a': 1}", '{"a": 1}}', "\ufeff{}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    assert refused(text) == [("event", Reason.INVALID_JSON)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 513}, "id"),
        ({"source": "ü" * 513}, "source"),
        ({"specversion": "0.3"}, "specversion"),
        ({"type": "unknown"}, "type"),
        ({"type": ["notification"]}, "type"),
        ({"Surplus": 1}, "Surplus"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"time": "yesterday"}, "time"),
        ({"time": "2026-01-31T12:00:00"}, "time"),
        ({"time": "0000-12-31T12:00:00Z"}, "time"),
        ({"time": "9999-12-31T23:59:59-00:01"}, "time"),
        ({"data": None}, "data"),
        ({"data": {"title": "t"}}, "data.recipient"),
        ({"data": {"recipient": "", "title": "t"}}, "data.recipient"),
        ({"data": {"recipient": "r", "title": "t", "surplus": 1}}, "data.surplus"),
        ({"data": {"recipient": "r", "title": "t", "details": []}}, "data.details"),
        ({"type": "alert", "data": {"severity": "worst", "summary": "s"}}, "data.severity"),
    ],
)
def test_a_field_that_is_wrong_is_refused_by_name(
    notification: Make, change: dict[str, Any], field: str
) -> None:
    assert refused(json.dumps(notification(**change))) == [(field, Reason.INVALID_MESSAGE)]


def test_every_problem_of_an_event_is_named(notification: Make) -> None:
    text = json.dumps(notification(id="", data={"recipient": "r"}))

    assert [field for field, _ in refused(text)] == ["id", "data.title"]


@pytest.mark.parametrize("missing", ["specversion", "id", "source", "type", "data"])
def test_a_required_field_that_is_missing_is_named(notification: Make, missing: str) -> None:
    event = notification()
    del event[missing]

    assert refused(json.dumps(event)) == [(missing, Reason.INVALID_MESSAGE)]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (r'"a\u0000b"', "data.details.here"),
        (r'"\ud800"', "data.details.here"),
        (r'"\udc00\ud800"', "data.details.here"),
        (r'"\\ud800\udc00"', "data.details.here"),
        ('"\ud800"', "data.details.here"),
        (r'{"k\u0000": 1}', r"data.details.here.k\x00"),
        (r'[1, {"a": "\u0000"}]', "data.details.here[1].a"),
    ],
)
def test_what_postgres_can_not_hold_is_refused_by_name(
    notification: Make, text: str, field: str
) -> None:
    assert refused(with_details(notification, text)) == [(field, Reason.UNSTORABLE)]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"a": 1, "b": {"c": 1, "c": 1}}', "data.details.here.b.c"),
        ("NaN", "data.details.here"),
        ("[0, -Infinity]", "data.details.here[1]"),
        ('"a\0b"', "data.details.here"),
        ('"a\nb"', "data.details.here"),
        ("[" * 10_000 + "]" * 10_000, "data.details.here[0]"),
        ('{"k":' * 101 + "1" + "}" * 101, "data.details.here.k"),
    ],
)
def test_json_that_readers_disagree_on_is_refused_by_name(
    notification: Make, text: str, field: str
) -> None:
    assert refused(with_details(notification, text)) == [(field, Reason.INVALID_JSON)]


@pytest.mark.parametrize(
    "text",
    [
        "123456789012345678901234567890",
        "9" * 5000,
        "1.00000000000000000001",
        "1e400",
        "-1e-4000000000000000000000",
        "-0.0",
        r'"\\u0000 \ud83d\ude00 \u0001 \u202e"',
        '"[[[[' + "{" * 200 + '"',
        "[" * 90 + "]" * 90,
        '"\'; drop table messages; -- ${x} `id` {{y}}"',
    ],
)
def test_what_is_unusual_and_storable_is_kept_as_it_was_sent(notification: Make, text: str) -> None:
    sent = with_details(notification, text)

    assert Message(sent).text == sent


@pytest.mark.parametrize(
    "time", ["1969-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"]
)
def test_times_of_the_years_1_to_9999_are_accepted(notification: Make, time: str) -> None:
    assert Message(json.dumps(notification(time=time))).event.time == time


def test_the_order_of_keys_and_white_space_make_no_other_content(notification: Make) -> None:
    event = notification()
    turned = dict(reversed(event.items()))

    assert Message(json.dumps(event)).digest == Message(json.dumps(turned, indent=2)).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "2"), ("1e400", "1e401"), ("0.1", "0.10000000000000000001"), ('"1e400"', "1e400")],
)
def test_other_details_make_another_content(notification: Make, one: str, other: str) -> None:
    texts = [with_details(notification, text) for text in (one, other)]

    assert Message(texts[0]).digest != Message(texts[1]).digest


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('abc\n"\\é😀'), inner),
)


@given(JSON)
def test_any_storable_details_are_accepted_with_one_digest_for_both_notations(value: Any) -> None:
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "alert"}
    data = {"severity": "low", "summary": "s", "details": {"value": value}}

    texts = [json.dumps(event | {"data": data}, ensure_ascii=ascii) for ascii in (True, False)]

    assert Message(texts[0]).value == event | {"data": data}
    assert Message(texts[0]).digest == Message(texts[1]).digest


@given(JSON | st.text())
def test_anything_else_is_refused_by_no_other_error(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)

    with pytest.raises(InvalidEvent):
        Message(text)
