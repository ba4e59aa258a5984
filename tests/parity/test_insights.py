"""CloudWatch Logs: queries of Logs Insights."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.parity.endpoint import Endpoint, code_of

SYNTAX = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
LINES = (
    '{"level": "ERROR", "ms": 30, "user": {"name": "ann"}}',
    '{"level": "INFO", "ms": 10, "user": {"name": "bob"}}',
    '{"level": "INFO", "ms": 20, "user": {"name": "ann"}}',
    "took 7 ms [slow]",
)


class Insights:
    """A log group with events, and queries of it."""

    def __init__(self, endpoint: Endpoint, group: str) -> None:
        self._endpoint, self.group = endpoint, group
        self.logs = endpoint.client("logs")
        self.logs.create_log_stream(logGroupName=group, logStreamName="s")
        self.now = int(time.time())
        events = [
            {"timestamp": self.now * 1000 + place, "message": line}
            for place, line in enumerate(LINES)
        ]
        self.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
        self._endpoint.until(self._is_indexed, "the events to be found")

    def start(self, query: str, **more: Any) -> str:
        """Start a query of the last hour; its id."""
        started = self.logs.start_query(
            logGroupName=self.group,
            startTime=self.now - 3600,
            endTime=self.now + 60,
            queryString=query,
            **more,
        )
        return str(started["queryId"])

    def result(self, query: str) -> dict[str, Any]:
        """Wait for what a query has found."""
        identifier, found = self.start(query), {}

        def ended() -> bool:
            found.update(self.logs.get_query_results(queryId=identifier))
            return bool(found["status"] == "Complete")

        self._endpoint.until(ended, "the query to end")
        return found

    def rows(self, query: str) -> list[dict[str, str]]:
        """The rows that a query finds, without pointers."""
        return [
            {one["field"]: one["value"] for one in row if one["field"] != "@ptr"}
            for row in self.result(query)["results"]
        ]

    def _is_indexed(self) -> bool:
        return len(self.rows("fields @message")) == len(LINES)


@pytest.fixture
def insights(endpoint: Endpoint, log_group: str) -> Insights:
    return Insights(endpoint, log_group)


@pytest.mark.behaviour(f"{SYNTAX}/CWL_QuerySyntax.html")
def test_a_query_filters_calculates_and_sorts(insights: Insights) -> None:
    query = 'fields user.name, ms * 2 as twice | filter level = "INFO" | sort ms desc | limit 5'

    assert insights.rows(query) == [
        {"user.name": "ann", "twice": "40"},
        {"user.name": "bob", "twice": "20"},
    ]


@pytest.mark.behaviour(f"{SYNTAX}/CWL_QuerySyntax-Stats.html")
def test_a_query_groups_and_aggregates(insights: Insights) -> None:
    query = (
        "filter ispresent(ms) | stats count(*) as n, avg(ms) as mean, max(ms) as most"
        " by user.name | sort n desc"
    )

    assert insights.rows(query) == [
        {"user.name": "ann", "n": "2", "mean": "25", "most": "30"},
        {"user.name": "bob", "n": "1", "mean": "10", "most": "10"},
    ]


@pytest.mark.behaviour(f"{SYNTAX}/CWL_QuerySyntax-Parse.html")
def test_a_query_extracts_fields_by_glob_and_by_regular_expression(insights: Insights) -> None:
    glob = 'filter @message like "took" | parse @message "took * ms [*]" as t, how | display t, how'
    regex = r"filter @message like /^took/ | parse @message /took (?<t>\d+) / | display t"

    assert insights.rows(glob) == [{"t": "7", "how": "slow"}]
    assert insights.rows(regex) == [{"t": "7"}]


@pytest.mark.behaviour(f"{SYNTAX}/CWL_QuerySyntax-Dedup.html")
def test_a_query_takes_one_row_of_each_value(insights: Insights) -> None:
    query = "filter ispresent(level) | sort ms asc | dedup level | display level, ms"

    assert insights.rows(query) == [
        {"level": "INFO", "ms": "10"},
        {"level": "ERROR", "ms": "30"},
    ]


@pytest.mark.behaviour(f"{API}/API_GetLogRecord.html")
def test_a_row_leads_to_all_fields_of_its_event(insights: Insights) -> None:
    [row] = insights.result("fields ms | filter ms = 30")["results"]
    pointer = next(one["value"] for one in row if one["field"] == "@ptr")

    record = insights.logs.get_log_record(logRecordPointer=pointer)["logRecord"]

    assert (record["user.name"], record["@message"]) == ("ann", LINES[0])


@pytest.mark.behaviour(f"{API}/API_QueryStatistics.html")
def test_a_result_says_how_many_events_were_looked_at(insights: Insights) -> None:
    statistics = insights.result("filter ms > 10 | stats count(*)")["statistics"]

    assert (statistics["recordsMatched"], statistics["recordsScanned"]) == (2, len(LINES))


@pytest.mark.behaviour(f"{API}/API_StartQuery.html")
def test_a_malformed_query_is_refused_with_the_place(insights: Insights) -> None:
    query = "fields @message | filter level = | limit 1"

    with pytest.raises(ClientError) as refused:
        insights.start(query)

    answer: Any = refused.value.response
    assert answer["Error"]["Code"] == "MalformedQueryException"
    location = answer["queryCompileError"]["location"]
    assert location["startCharOffset"] == query.index("| limit")


@pytest.mark.behaviour(f"{API}/API_StopQuery.html")
def test_a_query_that_has_ended_is_not_stopped(insights: Insights) -> None:
    insights.result("limit 1")
    [identifier, *_] = [
        one["queryId"]
        for one in insights.logs.describe_queries(logGroupName=insights.group)["queries"]
        if one["queryString"] == "limit 1"
    ]

    code = code_of(lambda: insights.logs.stop_query(queryId=identifier))

    assert code == "InvalidParameterException"
