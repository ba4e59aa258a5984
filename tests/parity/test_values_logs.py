"""CloudWatch Logs: values that it refuses."""

import time

import pytest

from tests.parity.endpoint import Endpoint, as_given, code_of

API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
INVALID = "InvalidParameterException"


@pytest.mark.behaviour(f"{API}/API_PutRetentionPolicy.html")
def test_logs_are_not_kept_for_4_days(endpoint: Endpoint, log_group: str) -> None:
    logs = endpoint.client("logs")

    refusal = code_of(lambda: logs.put_retention_policy(logGroupName=log_group, retentionInDays=4))

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_CreateLogGroup.html")
@pytest.mark.parametrize("name", ["a b", "a:b", "x" * 513])
def test_a_log_group_whose_name_has_other_characters_or_too_many_is_refused(
    endpoint: Endpoint, name: str
) -> None:
    logs = endpoint.client("logs")

    assert code_of(lambda: logs.create_log_group(logGroupName=name)) == INVALID


@pytest.mark.behaviour(f"{API}/API_PutLogEvents.html")
def test_a_log_event_without_a_message_is_refused(endpoint: Endpoint, log_group: str) -> None:
    logs = as_given(endpoint, "logs")
    logs.create_log_stream(logGroupName=log_group, logStreamName="stream")

    refusal = code_of(
        lambda: logs.put_log_events(
            logGroupName=log_group,
            logStreamName="stream",
            logEvents=[{"timestamp": 1, "message": ""}],
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_PutLogEvents.html")
@pytest.mark.parametrize(
    "events",
    [
        [(0, 1_048_577 - 26)],
        [(0, 524_288), (0, 524_288)],
        [(0, 1), (-1, 1)],
        [(-25 * 3_600_000, 1), (0, 1)],
    ],
    ids=["an event too large", "a batch too large", "not in order", "over a day"],
)
def test_a_batch_of_log_events_that_is_too_large_or_not_in_order_is_refused(
    endpoint: Endpoint, log_group: str, events: list[tuple[int, int]]
) -> None:
    logs = endpoint.client("logs")
    logs.create_log_stream(logGroupName=log_group, logStreamName="stream")
    now = int(time.time() * 1000)
    batch = [{"timestamp": now + after, "message": "x" * size} for after, size in events]

    refusal = code_of(
        lambda: logs.put_log_events(logGroupName=log_group, logStreamName="stream", logEvents=batch)
    )

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_PutLogEvents.html")
def test_a_log_event_of_a_megabyte_is_taken(endpoint: Endpoint, log_group: str) -> None:
    logs = endpoint.client("logs")
    logs.create_log_stream(logGroupName=log_group, logStreamName="stream")
    event = {"timestamp": int(time.time() * 1000), "message": "x" * (1_048_576 - 26)}

    refusal = code_of(
        lambda: logs.put_log_events(
            logGroupName=log_group, logStreamName="stream", logEvents=[event]
        )
    )

    assert refusal == ""


@pytest.mark.behaviour(f"{API}/API_MetricTransformation.html")
@pytest.mark.parametrize(
    ("pattern", "change"),
    [
        ("{ $.a = 1 }", {"dimensions": {"a": "$.a"}, "defaultValue": 0}),
        ("{ $.a = 1 }", {"dimensions": dict.fromkeys("abcd", "$.a")}),
        ("term", {"dimensions": {"a": "$.a"}}),
        ("term", {"metricValue": "many"}),
    ],
    ids=str,
)
def test_a_metric_with_bad_dimensions_or_a_bad_value_is_refused(
    endpoint: Endpoint, log_group: str, pattern: str, change: dict[str, object]
) -> None:
    metric = {"metricName": "m", "metricNamespace": "parity", "metricValue": "1", **change}

    refusal = code_of(
        lambda: endpoint.client("logs").put_metric_filter(
            logGroupName=log_group,
            filterName="f",
            filterPattern=pattern,
            metricTransformations=[metric],
        )
    )

    assert refusal == INVALID


@pytest.mark.behaviour(f"{API}/API_PutMetricFilter.html")
def test_a_metric_filter_belongs_to_a_log_group(endpoint: Endpoint, log_group: str) -> None:
    logs, missing = endpoint.client("logs"), "ResourceNotFoundException"
    metric = {"metricName": "m", "metricNamespace": "parity", "metricValue": "1"}

    def put(group: str) -> None:
        logs.put_metric_filter(
            logGroupName=group,
            filterName="f",
            filterPattern="a",
            metricTransformations=[metric],
        )

    put(log_group)
    put(log_group)

    assert len(logs.describe_metric_filters(logGroupName=log_group)["metricFilters"]) == 1
    assert code_of(lambda: put(f"{log_group}-none")) == missing
    logs.delete_metric_filter(logGroupName=log_group, filterName="f")
    again = code_of(lambda: logs.delete_metric_filter(logGroupName=log_group, filterName="f"))
    assert again == missing


@pytest.mark.behaviour(f"{API}/API_FilterLogEvents.html")
def test_streams_by_name_and_by_prefix_at_once_are_refused(
    endpoint: Endpoint, log_group: str
) -> None:
    refusal = code_of(
        lambda: endpoint.client("logs").filter_log_events(
            logGroupName=log_group, logStreamNames=["s"], logStreamNamePrefix="s"
        )
    )

    assert refusal == INVALID
