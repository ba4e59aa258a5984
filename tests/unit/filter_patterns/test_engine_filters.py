"""What the engine's filters make of events."""

from typing import Any

from mailroom_localstack.services.logs.filter_patterns import match_filtered_events
from mailroom_localstack.services.logs.metric_filters import metrics

EVENTS = ['{"level": "ERROR", "n": 3}', '{"level": "INFO", "n": 40}', "ERROR 404 1534"]


def metric_filter(pattern: str, **transformation: Any) -> dict[str, Any]:
    given = {"metricName": "m", "metricNamespace": "tests", "metricValue": "1"} | transformation
    return {"filterPattern": pattern, "metricTransformations": [given]}


def test_a_subscription_takes_what_matches() -> None:
    pattern = '{ $.level = "ERROR" }'

    matches = match_filtered_events(None, pattern)

    assert [matches(pattern, {"message": event}) for event in EVENTS] == [True, False, False]


def test_each_event_that_matches_counts() -> None:
    assert list(metrics(metric_filter("ERROR"), EVENTS)) == [
        ("tests", {"MetricName": "m", "Value": 1.0}),
        ("tests", {"MetricName": "m", "Value": 1.0}),
    ]


def test_a_value_and_dimensions_may_be_fields() -> None:
    given = metric_filter(
        "{ $.n > 3 }", metricValue="$.n", dimensions={"l": "$.level"}, unit="Count"
    )

    assert list(metrics(given, EVENTS)) == [
        (
            "tests",
            {
                "MetricName": "m",
                "Value": 40.0,
                "Dimensions": [{"Name": "l", "Value": "INFO"}],
                "Unit": "Count",
            },
        )
    ]


def test_a_value_may_be_a_field_by_position() -> None:
    given = metric_filter("[w, code = 404, bytes]", metricValue="$bytes")

    assert [datum["Value"] for _, datum in metrics(given, EVENTS[2:])] == [1534.0]


def test_the_default_value_counts_when_nothing_matches() -> None:
    given = metric_filter("nothing", defaultValue=0)

    assert list(metrics(given, EVENTS)) == [("tests", {"MetricName": "m", "Value": 0.0})]
    assert list(metrics(metric_filter("nothing"), EVENTS)) == []


def test_an_event_without_the_field_makes_no_metric() -> None:
    assert list(metrics(metric_filter("ERROR", metricValue="$.n"), EVENTS[2:])) == []
