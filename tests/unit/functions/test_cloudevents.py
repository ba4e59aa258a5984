"""CloudEvents as others send them: what their specification allows is accepted, and nothing else.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from messages.event import Message
from messages.problems import InvalidEvent, Reason

Make = Callable[..., dict[str, Any]]
_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def read(event: dict[str, Any]) -> Message:
    return Message(json.dumps(event))


def refused(text: str) -> list[tuple[str, Reason]]:
    with pytest.raises(InvalidEvent) as caught:
        Message(text)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def encoded(event: dict[str, Any], data: bytes | None = None) -> dict[str, Any]:
    """The event with its data, or another one, in base64."""
    content = json.dumps(event["data"]).encode() if data is None else data
    rest = {name: value for name, value in event.items() if name != "data"}
    return {**rest, "data_base64": b64encode(content).decode()}


@pytest.mark.parametrize(
    "attributes",
    [
        {"traceparent": _PARENT, "tracestate": "a=1,b=2"},
        {"sequence": 7, "sampledrate": -(2**31)},
        {"partitionkey": "ü 1", "flag": False, "unset": None, "a1": ""},
        {"averyveryverylongnameofanattribute": "x"},
        {"dataschema": "https://example.com/s#1"},
        {"datacontenttype": "application/json; charset=utf-8"},
        {"datacontenttype": 'Application/JSON;charset="UTF-8"; v=1'},
        {"datacontenttype": "application/vnd.example+json"},
        {"datacontenttype": "text/json"},
        {"datacontenttype": None, "subject": None, "time": None, "dataschema": None},
        {"source": "urn:example:orders"},
        {"source": "../orders?a=b/c#d"},
        {"source": "//example.com:80/a:b"},
        {"source": "mailto:a@example.com"},
        {"source": "https://[2001:db8::1]:8080/%C3%BC"},
        {"source": "1-555-123-4567"},
        {"id": "\U0001f600 1"},
    ],
)
def test_attributes_that_the_specification_allows_are_kept_as_they_were_sent(
    notification: Make, attributes: dict[str, Any]
) -> None:
    event = notification(**attributes)

    assert json.loads(read(event).text) == event


@pytest.mark.parametrize(
    ("attributes", "field"),
    [
        ({"TraceParent": "x"}, "TraceParent"),
        ({"trace_parent": "x"}, "trace_parent"),
        ({"trace-parent": "x"}, "trace-parent"),
        ({"": "x"}, "event"),
        ({"a": 1.5}, "a"),
        ({"a": 2**31}, "a"),
        ({"a": {}}, "a"),
        ({"a": []}, "a"),
        ({"a": "x\u0085"}, "a"),
        ({"a": "\ufdd0"}, "a"),
        ({"subject": ""}, "subject"),
        ({"subject": "a\tb"}, "subject"),
        ({"id": "a\x7f"}, "id"),
        ({"source": "/a b"}, "source"),
        ({"source": "ü"}, "source"),
        ({"source": "1a:b"}, "source"),
        ({"source": "/%4"}, "source"),
        ({"source": "//[x]/"}, "source"),
        ({"source": "a#b#c"}, "source"),
        ({"source": "/a\n"}, "source"),
        ({"dataschema": "/schema"}, "dataschema"),
        ({"dataschema": ""}, "dataschema"),
        ({"datacontenttype": "application/xml"}, "datacontenttype"),
        ({"datacontenttype": "json"}, "datacontenttype"),
        ({"datacontenttype": "application/json charset=utf-8"}, "datacontenttype"),
        ({"data_base64": "e30="}, "data_base64"),
    ],
)
def test_attributes_that_the_specification_forbids_are_refused_by_name(
    notification: Make, attributes: dict[str, Any], field: str
) -> None:
    assert refused(json.dumps(notification(**attributes))) == [(field, Reason.INVALID_MESSAGE)]


def test_wrong_attributes_are_named_beside_what_else_is_wrong(notification: Make) -> None:
    text = json.dumps(notification(id="", Trace="x"))

    assert [field for field, _ in refused(text)] == ["id", "Trace"]


def test_extension_attributes_make_no_other_content_and_others_do(notification: Make) -> None:
    plain = read(notification(id="1")).digest

    assert read(notification(id="1", traceparent=_PARENT)).digest == plain
    assert read(notification(id="1", traceparent=f"{_PARENT}2", sequence=1)).digest == plain
    assert read(notification(id="1", subject="s")).digest != plain
    assert read(notification(id="1", dataschema="a:b")).digest != plain


@pytest.mark.parametrize("content_type", [None, "application/json; charset=utf-8"])
def test_data_in_base64_is_the_data(notification: Make, content_type: str | None) -> None:
    plain = notification(id="1", datacontenttype=content_type)
    event = encoded(plain)

    message = read(event)

    assert json.loads(message.text) == event
    assert message.event.data == read(plain).event.data
    assert message.digest == read(plain).digest


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"no json", ("data_base64", Reason.INVALID_JSON)),
        (b'"\xff"', ("data_base64", Reason.INVALID_MESSAGE)),
        (b'{"a": 1, "a": 2}', ("data_base64.a", Reason.INVALID_JSON)),
        (b'{"a": "\\u0000"}', ("data_base64.a", Reason.UNSTORABLE)),
        (b"[" * 200 + b"]" * 200, ("data_base64[0][0][0][0]", Reason.INVALID_JSON)),
        (b'{"title": "t"}', ("data.recipient", Reason.INVALID_MESSAGE)),
    ],
)
def test_data_in_base64_that_is_wrong_is_refused_by_name(
    notification: Make, data: bytes, problem: tuple[str, Reason]
) -> None:
    assert refused(json.dumps(encoded(notification(), data))) == [problem]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"data_base64": "e30"}, "data_base64"),
        ({"data_base64": 1}, "data_base64"),
        ({"data_base64": None}, "data_base64"),
        ({"datacontenttype": "application/json; charset=utf-16"}, "datacontenttype"),
    ],
)
def test_base64_that_is_none_is_refused_by_name(
    notification: Make, changes: dict[str, Any], field: str
) -> None:
    event = {**encoded(notification()), **changes}

    assert refused(json.dumps(event)) == [(field, Reason.INVALID_MESSAGE)]
