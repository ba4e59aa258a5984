"""What Logs Insights' queries make of events; the examples are those of AWS's pages."""

from typing import Any

import pytest
from mailroom_rules.insights import Event, compile_query
from mailroom_rules.insights.discovery import discover

MINUTE = 60_000
BEGIN = 1_795_881_600_000  # 2026-11-28 16:00:00 UTC


def events(*messages: str) -> list[dict[str, Any]]:
    """Events, a minute after the other."""
    times = [BEGIN + place * MINUTE for place in range(len(messages))]
    return [
        Event(message, time, time, "000000000000", "group", "stream", "pointer").row()
        for message, time in zip(messages, times, strict=True)
    ]


def found(query: str, *messages: str) -> list[list[str]]:
    """The values of the rows, without pointers."""
    rows = compile_query(query).run(events(*messages)).rows
    return [[value for name, value in row.items() if name != "@ptr"] for row in rows]


LATENCIES = (
    "user=ann, method:GET, latency := 10",
    "user=bob, method:GET, latency := 30",
    "user=ann, method:GET, latency := 20",
)
LEVELS = (
    '{"level": "ERROR", "n": 7, "ok": false, "a": {"b": [1, 2]}}',
    '{"level": "INFO", "n": 10, "ok": true}',
    "plain [x]",
)


def test_the_newest_event_is_first_with_its_time_and_message() -> None:
    rows = compile_query("filter n > 0").run(events(*LEVELS[:2])).rows

    assert [row["@timestamp"] for row in rows] == [
        "2026-11-28 16:01:00.000",
        "2026-11-28 16:00:00.000",
    ]
    assert list(rows[0]) == ["@timestamp", "@message", "@ptr"]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ('level = "ERROR"', 1),
        ("level = 'ERROR'", 1),
        ('level != "ERROR"', 2),
        ("n > 7", 1),
        ("n >= 7 and n < 10", 1),
        ("n = '7' or n = 10.0", 2),
        ("not (n = 7)", 2),
        ('level in ["INFO", "WARN"]', 1),
        ('level not in ["INFO", "WARN"]', 2),
        ("@message like /(?i)error/", 1),
        ('@message like "[x]"', 1),
        ("@message not like /ERROR|INFO/", 1),
        ("@message =~ /pl[a-z]+/", 1),
        ("ispresent(level)", 2),
        ("not ispresent(level)", 1),
        ("a.b.1 = 2", 1),
        ("ok = 1", 1),
        ("ok = false", 1),
        ("n % 2 = 1 and n * 2 + 1 = 15", 1),
        ("n ^ 2 = 49", 1),
        ("strlen(level) = 5 or tolower(level) = 'info'", 2),
        ("FILTER_IS_A_FIELD = 1", 0),
    ],
)
def test_a_filter_keeps_the_events_that_its_condition_is_true_of(
    condition: str, count: int
) -> None:
    assert len(found(f"fields @message | FILTER {condition}", *LEVELS)) == count


def test_a_glob_extracts_fields() -> None:
    query = (
        'parse @message "user=*, method:*, latency := *" as @user,\n'
        "    @method, @latency | stats avg(@latency) by @method,\n    @user"
    )

    assert sorted(found(query, *LATENCIES)) == [["GET", "ann", "15"], ["GET", "bob", "30"]]


def test_a_regular_expression_extracts_fields() -> None:
    query = (
        "parse @message /user=(?<user2>.*?), method:(?<method2>.*?), latency := (?<latency2>.*?$)/"
        " | stats avg(latency2) as mean by user2 | sort mean desc"
    )

    assert found(query, *LATENCIES) == [["bob", "30"], ["ann", "15"]]


def test_an_event_that_a_pattern_does_not_match_stays_without_the_fields() -> None:
    query = "fields @message | parse @message 'user=*,' as user | display user, @message"

    assert found(query, "other") == [["other"]]


def test_a_column_has_the_name_of_its_alias_or_what_the_query_says() -> None:
    query = "stats count(*), max(n) as most, pct(n, 50) by level"

    [row] = compile_query(query).run(events(LEVELS[0])).rows

    assert row == {"level": "ERROR", "count(*)": "1", "most": "7", "pct(n, 50)": "7"}


def test_events_are_counted_by_periods() -> None:
    query = "stats count(*) as n by bin(2m) | sort bin(2m) asc"

    assert found(query, *"abc") == [
        ["2026-11-28 16:00:00.000", "2"],
        ["2026-11-28 16:02:00.000", "1"],
    ]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("count()", "3"),
        ("count(level)", "2"),
        ("count_distinct(level)", "2"),
        ("sum(n)", "17"),
        ("avg(n)", "8.5"),
        ("min(n)", "7"),
        ("max(n)", "10"),
        ("stddev(n)", "1.5"),
        ("earliest(level)", "ERROR"),
        ("latest(level)", "INFO"),
        ("sortsFirst(level)", "ERROR"),
        ("pct(n, 99)", "10"),
        ("max(n) - min(n)", "3"),
        ("sum(n) / count(n)", "8.5"),
    ],
)
def test_an_aggregate_is_of_the_values_that_are_there(aggregate: str, value: str) -> None:
    assert found(f"stats {aggregate}", *LEVELS) == [[value]]


def test_rows_are_sorted_by_number_and_limited() -> None:
    messages = [f'{{"n": {number}}}' for number in (9, 100, 20)]

    assert found("fields n | sort n desc | limit 2", *messages) == [["100"], ["20"]]


def test_of_rows_with_the_same_values_the_first_stays() -> None:
    messages = ['{"k": "a", "n": 1}', '{"k": "b", "n": 2}', '{"k": "a", "n": 3}']

    assert found("fields k, n | dedup k", *messages) == [["a", "3"], ["b", "2"]]


def test_a_comment_says_nothing() -> None:
    assert found("fields n # | limit 1\n| filter n = 7", *LEVELS) == [["7"]]


def test_what_lambda_writes_has_fields() -> None:
    report = (
        "REPORT RequestId: 5d1aa8b8-9c3e-4f0e-8a53-2f3f0c0e1a2b\tDuration: 12.50 ms\t"
        "Billed Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB"
    )

    fields = discover(report, "/aws/lambda/name")

    assert fields == {
        "@requestId": "5d1aa8b8-9c3e-4f0e-8a53-2f3f0c0e1a2b",
        "@type": "REPORT",
        "@duration": 12.5,
        "@billedDuration": 13,
        "@memorySize": 128_000_000,
        "@maxMemoryUsed": 60_000_000,
    }


def test_the_json_within_a_line_of_a_function_has_fields() -> None:
    assert discover('[INFO] {"a": {"b": 1}} x', "/aws/lambda/name") == {"a.b": 1}
    assert discover('[INFO] {"a": {"b": 1}} x', "other") == {}


def test_a_result_counts_what_was_looked_at_and_what_passed_the_filters() -> None:
    outcome = compile_query("filter n > 7 | stats count(*)").run(events(*LEVELS))

    assert (outcome.scanned, outcome.matched) == (3, 1)
