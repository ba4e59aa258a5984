"""What the engine's filters make of events."""

from typing import Any

from mailroom_localstack.services.logs.filter_patterns import match_filtered_events
from mailroom_localstack.services.logs.metric_filters import Metric, metrics

EVENTS = ['{"level": "ERROR", "n": 3}', '{"level": "INFO", "n": 40}', "ERROR 404 1534"]


def metric_filter(pattern: str, **transformation: Any) -> dict[str, Any]:
    given = {"metricName": "m", "metricNamespace": "tests", "metricValue": "1"} | transformation
    return {"filterPattern": pattern, "metricTransformations": [given]}


def test_a_subscription_takes_what_matches() -> None:
    pattern = '{ $.level = "ERROR" }'

    matches = match_filtered_events(None, pattern)

    assert [matches(pattern, {"message": event}) for event in EVENTS] == [True, False, False]


def test_each_event_that_matches_counts() -> None:
    assert metrics(metric_filter("ERROR"), EVENTS) == {Metric("tests", "m", 1.0): 2}


def test_a_value_and_dimensions_may_be_fields() -> None:
    given = metric_filter(
        "{ $.n > 3 }", metricValue="$.n", dimensions={"l": "$.level"}, unit="Count"
    )

    assert metrics(given, EVENTS) == {Metric("tests", "m", 40.0, (("l", "INFO"),), "Count"): 1}


def test_each_value_of_a_field_is_a_metric_of_its_own() -> None:
    given = metric_filter("{ $.n > 0 }", metricValue="$.n")

    counted = metrics(given, [*EVENTS, EVENTS[0]])

    assert counted == {Metric("tests", "m", 3.0): 2, Metric("tests", "m", 40.0): 1}


def test_a_value_may_be_a_field_by_position() -> None:
    given = metric_filter("[w, code = 404, bytes]", metricValue="$bytes")

    assert [metric.value for metric in metrics(given, EVENTS[2:])] == [1534.0]


def test_the_default_value_counts_when_nothing_matches() -> None:
    given = metric_filter("nothing", defaultValue=0)

    assert metrics(given, EVENTS) == {Metric("tests", "m", 0.0): 1}
    assert metrics(metric_filter("nothing"), EVENTS) == {}


def test_an_event_without_the_field_makes_no_metric() -> None:
    assert metrics(metric_filter("ERROR", metricValue="$.n"), EVENTS[2:]) == {}
