"""Metrics are lines in CloudWatch's embedded format."""

import json
import time
from typing import Any

import pytest

from messages.problems import Reason
from process_messages.dead_letters import DeadLetter
from process_messages.ingestion import Ingested
from process_messages.processor import record_metrics
from process_messages.received import Received, from_event


def received(sent: int | None) -> Received:
    return Received("m", "h", "{}", {}, 1, sent)


def recorded(ingested: Ingested, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    record_metrics("mailroom-dev-Queue-1a2b", ingested)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_was_ingested_and_how_long_it_took_is_recorded(
    capsys: pytest.CaptureFixture[str],
) -> None:
    second_ago = int(time.time() * 1000) - 1000
    stored = [received(second_ago), received(None), received(second_ago + 10**9)]

    [line] = recorded(Ingested([], stored=stored), capsys)

    [declared] = line["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "Mailroom"
    assert declared["Dimensions"] == [["queue"]]
    assert {one["Name"]: one["Unit"] for one in declared["Metrics"]} == {
        "Ingested": "Count",
        "TimeToRow": "Milliseconds",
    }
    assert (line["queue"], line["Ingested"]) == ("mailroom-dev-Queue-1a2b", [3.0])
    slow, behind = line["TimeToRow"]
    assert 1000 <= slow < 60_000
    assert behind == 0


def test_dead_messages_are_counted_by_their_reason(capsys: pytest.CaptureFixture[str]) -> None:
    reasons = [Reason.INVALID_JSON, Reason.UNSTORABLE, Reason.INVALID_JSON]

    lines = recorded(Ingested([DeadLetter(received(1), one, "-") for one in reasons]), capsys)

    assert {line["reason"]: line["Dead"] for line in lines} == {
        "invalid_json": [2.0],
        "unstorable": [1.0],
    }
    assert all(
        set(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) == {"queue", "reason"}
        for line in lines
    )


def test_nothing_is_recorded_of_what_was_there_already(capsys: pytest.CaptureFixture[str]) -> None:
    assert recorded(Ingested([]), capsys) == []


def test_a_record_says_when_its_queue_got_it() -> None:
    record = {
        "messageId": "m",
        "receiptHandle": "h",
        "body": "{}",
        "attributes": {"SentTimestamp": "1764316800000"},
    }

    assert from_event(record).sent == 1764316800000
