"""A batch that can't be published whole is not published at all, and the execution says why."""

import json
from typing import Any

import pytest

from tests.support.events import alert, mixed, notification
from tests.support.flow import Flow
from tests.support.listener import Listener


@pytest.mark.parametrize("way", ["inline", "S3"])
def test_of_a_batch_with_an_invalid_message_nothing_is_published(
    flow: Flow, listener: Listener, way: str
) -> None:
    good, later = mixed(20), notification()
    events = [*good, alert(severity="dire")]
    document = {"messages": events} if way == "inline" else flow.upload(map(json.dumps, events))

    ended = flow.run(document)

    assert (ended.status, ended.error) == ("FAILED", "InvalidMessages")
    flow.send([later])
    listener.hear_until(later["id"])
    assert [json.loads(body)["id"] for body in listener.heard] == [later["id"]]
    assert flow.ingested(good) == []


@pytest.mark.parametrize("way", ["inline", "S3"])
def test_an_invalid_message_is_named_by_its_place_its_field_and_its_fault(
    flow: Flow, way: str
) -> None:
    events = [notification(), notification(title=""), {**alert(), "source": None}]
    lines = [json.dumps(events[0]), "", *map(json.dumps, events[1:])]
    document = {"messages": events} if way == "inline" else flow.upload(lines)

    ended = flow.run(document)

    reasons = json.loads(ended.cause)["errorMessage"]
    line = ", line {}" if way == "S3" else ""
    assert ended.error == "InvalidMessages"
    assert reasons.startswith("2 of 3 messages are invalid")
    assert f"index 1{line.format(3)}: data.title: must have at least 1 character" in reasons
    assert f"index 2{line.format(4)}: source: a text is required" in reasons


def test_an_unknown_type_is_an_invalid_message(flow: Flow) -> None:
    ended = flow.run({"messages": [alert(), {**notification(), "type": "greeting"}]})

    assert ended.error == "InvalidMessages"
    assert "index 1: type: unknown type 'greeting'" in ended.cause


@pytest.mark.parametrize("part", ["bucket", "key"])
def test_a_missing_object_is_invalid_input_that_names_it(flow: Flow, part: str) -> None:
    source = {"bucket": flow.environment.outputs["MessagesBucketName"], "key": "batches/none"}
    source[part] = f"{source[part]}-missing"

    ended = flow.run({"source": source})

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
    assert f"s3://{source['bucket']}/{source['key']}" in ended.cause


@pytest.mark.parametrize("document", [{"events": []}, {"messages": [], "source": {}}])
def test_an_input_of_neither_shape_is_refused_by_name(flow: Flow, document: Any) -> None:
    ended = flow.run(document)

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
