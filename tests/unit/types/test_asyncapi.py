"""The contract is an AsyncAPI 3.0 document, and says what the functions accept.

asyncapi-3.0.0.json is AsyncAPI's own schema, from version 6.11.1 of the npm package
@asyncapi/specs, under the Apache License 2.0.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from mailroom.project import Project
from mailroom.types.asyncapi import asyncapi
from mailroom.types.described import read_types
from messages.event import Message
from messages.problems import InvalidEvent

PUBLISHED = json.loads(Path(__file__).with_name("asyncapi-3.0.0.json").read_text())
DOCUMENT = asyncapi(Project.find(), read_types(Project.find()))
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "/tests",
    "type": "alert",
    "data": {"severity": "low", "summary": "s"},
}


def problems(document: dict[str, Any]) -> list[str]:
    return [
        f"{one.json_path}: {one.message}"
        for one in Draft7Validator(PUBLISHED).iter_errors(document)
    ]


def is_accepted_by_contract(event: dict[str, Any]) -> bool:
    payload = DOCUMENT["components"]["messages"]["alert"]["payload"]
    schema = {**payload, "components": DOCUMENT["components"]}
    return bool(Draft7Validator(schema).is_valid(event))


def is_accepted_by_functions(event: dict[str, Any]) -> bool:
    try:
        Message(json.dumps(event))
    except InvalidEvent:
        return False
    return True


def test_it_is_valid_by_the_schema_that_asyncapi_publishes() -> None:
    assert problems(DOCUMENT) == []


def test_the_published_schema_would_find_a_mistake() -> None:
    channel = {"address": 1}

    assert problems({**DOCUMENT, "channels": {"messages": channel}}) != []


def test_every_type_has_its_message_operation_and_examples() -> None:
    for one in read_types(Project.find()):
        message = DOCUMENT["components"]["messages"][one.name]
        assert f"receive{one.resource}" in DOCUMENT["operations"]
        assert [example["payload"] for example in message["examples"]] == list(one.samples)
        assert message["x-table"]["name"] == one.table


def test_every_reference_leads_to_something() -> None:
    references = [one["$ref"] for one in _objects(DOCUMENT) if isinstance(one.get("$ref"), str)]

    for reference in references:
        target = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
    assert references


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subject": "s", "datacontenttype": "application/json; charset=utf-8"},
        {"datacontenttype": "application/vnd.x+json", "dataschema": "https://example.com/s"},
        {"traceparent": "x", "sequence": 7, "flag": True, "unset": None},
        {"data": None, "data_base64": "eyJzZXZlcml0eSI6ImxvdyIsInN1bW1hcnkiOiJzIn0="},
        {"specversion": "0.3"},
        {"id": ""},
        {"source": ""},
        {"subject": ""},
        {"type": "notification"},
        {"datacontenttype": "text/plain"},
        {"Trace": "x"},
        {"a": 1.5},
        {"a": 2**31},
        {"a": []},
        {"data": {"severity": "worst", "summary": "s"}},
        {"data": {"severity": "low", "summary": "s", "surplus": 1}},
        {"data": {"severity": "low"}},
        {"data_base64": "e30="},
        {"data": None},
    ],
)
def test_an_event_is_valid_by_the_contract_if_the_functions_accept_it(
    changes: dict[str, Any],
) -> None:
    event = {**EVENT, **changes}
    if event["data"] is None:
        del event["data"]

    assert is_accepted_by_contract(event) == is_accepted_by_functions(event)


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [found for one in value for found in _objects(one)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for one in value.values() for found in _objects(one))]
