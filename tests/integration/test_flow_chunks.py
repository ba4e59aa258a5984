"""A batch in chunks goes through as one batch: all of it, or nothing of what is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from mailroom.observation.events import all_events
from tests.support.chunks import Chunked, chunked
from tests.support.events import alert, mixed, notification
from tests.support.flow import Flow


def test_a_batch_in_chunks_settles_as_one(flow: Flow) -> None:
    chunks = [mixed(30), mixed(20), [alert()]]

    output = flow.succeed(chunked(flow, *chunks).finish())

    events = [event for chunk in chunks for event in chunk]
    assert output["published"] == {"notification": 25, "alert": 26}
    assert {kind: output[kind]["ingested"] for kind in ("notification", "alert")} == output[
        "published"
    ]
    assert flow.ingested(events) == events


def test_a_message_that_is_twice_in_a_chunk_is_published_once(flow: Flow) -> None:
    one, other = notification(), alert()

    output = flow.succeed(chunked(flow, [one, one, other]).finish())

    assert (output["published"], output["duplicates"]) == ({"notification": 1, "alert": 1}, 1)


def test_a_wrong_line_of_one_chunk_is_named_and_nothing_is_published(flow: Flow) -> None:
    good, wrong = [mixed(5), mixed(5)], [alert(), alert(severity=7)]
    batch = chunked(flow, *good, wrong)

    ended = flow.run(batch.finish())

    assert (ended.status, ended.error) == ("FAILED", "InvalidMessages")
    assert f"{batch.manifest[2]['key']}: 1 of 2 messages are invalid" in ended.cause
    assert "line 2: data.severity" in ended.cause
    assert flow.ingested([*good[0], *good[1], wrong[0]]) == []


def test_a_chunk_that_is_gone_is_named_and_nothing_is_published(flow: Flow) -> None:
    events = mixed(5)
    batch = chunked(flow, events)
    gone = batch.put(mixed(5))
    batch.s3.delete_object(Bucket=batch.bucket, Key=gone)

    ended = flow.run(batch.finish())

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
    assert f"{gone} can't be read: NoSuchKey" in ended.cause
    assert flow.ingested(events) == []


def _of_another_type(batch: Chunked) -> None:
    batch.manifest[0]["types"] = {"notification": 4}


def _of_other_bytes(batch: Chunked) -> None:
    batch.manifest[0]["sha256"] = "0" * 64


def _twice(batch: Chunked) -> None:
    batch.manifest.append(batch.manifest[0])


def _elsewhere(batch: Chunked) -> None:
    batch.manifest[0]["key"] = "batches/other/chunks/00000.jsonl"


def _that_does_not_add_up(batch: Chunked) -> None:
    batch.manifest[0]["count"] = 5


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        (_of_another_type, "the manifest says"),
        (_of_other_bytes, "bytes or sha256 differ from the manifest's"),
        (_twice, "is in it 2 times"),
        (_elsewhere, "is not under"),
        (_that_does_not_add_up, "do not add up to count"),
        (lambda batch: batch.manifest.clear(), "one chunk or more"),
    ],
)
def test_a_manifest_that_lies_is_told_and_nothing_is_published(
    flow: Flow, lie: Callable[[Chunked], Any], said: str
) -> None:
    events = mixed(4)
    batch = chunked(flow, events)
    lie(batch)

    ended = flow.run(batch.finish())

    assert (ended.status, ended.error) == ("FAILED", "InvalidInput")
    assert said in ended.cause
    assert flow.ingested(events) == []


def test_a_prefix_without_a_manifest_is_told(flow: Flow) -> None:
    batch = chunked(flow, mixed(2))

    ended = flow.run(batch.input)

    assert ended.error == "InvalidInput"
    assert "manifest.json can't be read: NoSuchKey" in ended.cause


def test_chunks_that_are_published_twice_make_no_second_row(flow: Flow) -> None:
    events = mixed(6)
    given = chunked(flow, events[:3], events[3:]).finish()

    first, second = flow.succeed(given), flow.succeed(given)

    assert [first[kind]["ingested"] for kind in first["published"]] == [3, 3]
    assert [second[kind]["alreadyThere"] for kind in second["published"]] == [3, 3]
    assert flow.ingested(events) == events


def test_the_calls_of_chunks_are_told_with_their_execution(flow: Flow) -> None:
    execution = flow.start(chunked(flow, mixed(3)).finish())
    assert flow.ended(execution).status == "SUCCEEDED"

    told = all_events(flow.environment.endpoint, [execution])
    states = {one.get("name") for one in told if one.get("execution") == execution}
    assert {"ValidateChunk", "PublishChunk"} <= states
