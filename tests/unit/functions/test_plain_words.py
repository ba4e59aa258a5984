"""Problems of events are in Mailroom's words: none of pydantic's reaches a person."""

import json
from typing import Any

import pytest

from messages.event import Message
from messages.problems import InvalidEvent
from tests.support.events import alert, notification

PYDANTICS = ("Input", "input", "Value error", "Extra", "Field required", "valid", "should")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": 5}, "id: a text is required"),
        ({"source": None}, "source: a text is required"),
        ({"id": ""}, "id: must have at least 1 character"),
        ({"specversion": "2"}, "specversion: must be '1.0'"),
        ({"data": None}, "data: an object is required"),
        ({"data": []}, "data: an object is required"),
        ({"data": {"summary": "x"}}, "data.severity: is missing"),
        (
            {"data": {"severity": "worst", "summary": "x"}},
            "data.severity: must be 'low', 'medium', 'high' or 'critical'",
        ),
        ({"data": {"severity": "low", "summary": "x", "more": 1}}, "data.more: unknown field"),
        ({"data": {"severity": "low", "summary": "x", "details": 1}}, "an object is required"),
        ({"type": 7}, "type: a text is required"),
    ],
    ids=str,
)
def test_a_problem_is_said_in_plain_words(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidEvent) as refused:
        Message(json.dumps({**alert(), **change}))

    assert said in str(refused.value)
    assert [word for word in PYDANTICS if word in str(refused.value)] == []


def test_an_event_without_a_type_is_said_in_plain_words() -> None:
    event = {key: value for key, value in notification().items() if key != "type"}

    with pytest.raises(InvalidEvent, match="type: is missing"):
        Message(json.dumps(event))
