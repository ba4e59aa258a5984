"""What log events say, and which of them are asked for."""

import json
from typing import Any

import pytest
from mailroom_rules.filter_patterns import compile_pattern

from mailroom.cli.daily.functions.log_lines import readable
from mailroom.logs.events import LogEvent, function_of
from mailroom.logs.records import parse_record
from mailroom.logs.selection import Selection, Selector

POWERTOOLS = {
    "level": "INFO",
    "location": "publish:48",
    "message": "published",
    "timestamp": "2026-11-28 09:19:42,457+0000",
    "service": "publish-messages",
    "function_request_id": "r",
    "batch_id": "b",
    "published": {"alert": 2},
}


def event(message: str, time: int = 0, stream: str = "s", group: str = "g") -> LogEvent:
    return LogEvent(time, message, stream, group)


def invocation(request: str, stream: str, start: int, *messages: str) -> list[LogEvent]:
    lines = [f"START RequestId: {request} Version: 1", *messages, f"REPORT RequestId: {request}\t"]
    return [event(line, start + number, stream) for number, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("message", "level", "text", "fields"),
    [
        (json.dumps(POWERTOOLS), "INFO", "published", {"batch_id": "b", "published": {"alert": 2}}),
        ("[WARNING]\t2026-11-28T09:00:00.000Z\tr\tto the log", "WARNING", "to the log", {}),
        (
            "START RequestId: r Version: $LATEST",
            "LAMBDA",
            "START RequestId: r Version: $LATEST",
            {},
        ),
        (
            json.dumps({"_aws": {"Timestamp": 1}, "service": "s", "queue": "q", "Ingested": [1.0]}),
            "METRICS",
            "metrics",
            {"queue": "q", "Ingested": [1.0]},
        ),
        ("printed", "", "printed", {}),
        ('{"no": "record"}', "", '{"no": "record"}', {}),
        ("{broken", "", "{broken", {}),
    ],
)
def test_an_event_is_read_whichever_way_it_was_logged(
    message: str, level: str, text: str, fields: dict[str, Any]
) -> None:
    record = parse_record(event(message), "publish", "r")

    assert (record.level, record.message, record.fields) == (level, text, fields)


def test_a_record_is_one_line_with_its_fields_dimmed() -> None:
    record = parse_record(event(json.dumps(POWERTOOLS)), "publish_messages", "r")

    line = readable(record)

    assert (
        line.plain[12:] == ' publish_messages INFO    published batch_id=b published={"alert": 2}'
    )
    dimmed = [line.plain[span.start : span.end] for span in line.spans if span.style == "dim"]
    assert " batch_id=b" in dimmed
    assert not any("published " in text for text in dimmed)


def test_the_lines_of_a_traceback_are_indented_below_their_record() -> None:
    logged = POWERTOOLS | {"level": "ERROR", "exception": "Traceback\n  File x"}

    line = readable(parse_record(event(json.dumps(logged)), "publish", "r"))

    assert line.plain.splitlines()[1:] == ["    exception:", "    Traceback", "      File x"]


@pytest.mark.parametrize(
    ("group", "function"),
    [
        ("mailroom-PublishMessagesLogGroup-1a2b3c4d", "publish_messages"),
        ("/aws/lambda/mailroom-MigrateDatabaseFunction-3f2ac518", "migrate_database"),
        ("/aws/lambda/mine", "mine"),
        ("/tests/x", "/tests/x"),
    ],
)
def test_a_log_group_names_its_function(group: str, function: str) -> None:
    assert function_of(group) == function


def selected(selection: Selection, *reads: list[LogEvent]) -> list[str]:
    selector = Selector(selection, {})
    return [record.message for read in reads for record in selector.records(read)]


FIRST = invocation("a", "one", 0, "of batch b1", "plain")
SECOND = invocation("b", "two", 1, "of batch b2")


def test_a_batch_selects_whole_invocations() -> None:
    found = selected(Selection(texts=("b1",)), sorted([*FIRST, *SECOND], key=lambda e: e.time))

    assert found == [
        "START RequestId: a Version: 1",
        "of batch b1",
        "plain",
        "REPORT RequestId: a",
    ]


def test_an_invocation_that_is_split_over_two_reads_is_given_whole() -> None:
    found = selected(Selection(texts=("b1",)), FIRST[:1], FIRST[1:3], FIRST[3:])

    assert found[0] == "START RequestId: a Version: 1"
    assert len(found) == 4


def test_an_execution_selects_invocations_by_request_too() -> None:
    assert len(selected(Selection(requests=frozenset({"b"})), [*FIRST, *SECOND])) == 3


def test_a_pattern_and_a_time_select_events() -> None:
    pattern = Selection(pattern=compile_pattern("batch"))

    assert selected(pattern, [*FIRST, *SECOND]) == ["of batch b1", "of batch b2"]
    assert selected(Selection(since=3), FIRST) == ["REPORT RequestId: a"]


def test_events_of_several_functions_are_interleaved_by_time() -> None:
    found = selected(Selection(), [*FIRST, *SECOND])

    assert found.index("START RequestId: b Version: 1") < found.index("plain")
