"""CloudWatch Logs' filters take what matches their pattern.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from tests.support.flow import until
from tests.support.metrics import statistics

EVENTS = [
    '{"level": "ERROR", "n": 3}',
    '{"level": "INFO", "n": 40}',
    "[ERROR 419] MISSING ARGUMENTS",
    "[ERROR 401] UNAUTHORIZED REQUEST",
]


@pytest.fixture
def logs(environment: Environment) -> Any:
    return environment.session.client("logs")


@pytest.fixture
def group(logs: Any) -> Iterator[str]:
    """A log group with a stream."""
    name = f"/tests/{uuid.uuid4()}"
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="s")
    yield name
    logs.delete_log_group(logGroupName=name)


def put(logs: Any, group: str, messages: list[str]) -> None:
    now = int(time.time() * 1000)
    events = [{"timestamp": now + n, "message": text} for n, text in enumerate(messages)]
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.level = "ERROR" && $.n > 1 }', EVENTS[:1]),
        ("{ $.n >= 3 }", EVENTS[:2]),
        ("ERROR -ARGUMENTS", [EVENTS[0], EVENTS[3]]),
        ("?MISSING ?INFO", EVENTS[1:3]),
        ('"MISSING ARGUMENTS"', EVENTS[2:3]),
        ("%4[0-9]{2}%", EVENTS[2:]),
        ("[w1=*ERROR*, ...]", EVENTS[2:]),
        ("", EVENTS),
    ],
)
def test_events_are_found_by_pattern(
    logs: Any, group: str, pattern: str, expected: list[str]
) -> None:
    put(logs, group, EVENTS)

    found = logs.filter_log_events(logGroupName=group, filterPattern=pattern)["events"]

    assert [event["message"] for event in found] == expected


@pytest.mark.parametrize("pattern", ["{ $.a = }", "[a", "%(a)%", "a.b"])
def test_an_invalid_pattern_is_refused(logs: Any, group: str, pattern: str) -> None:
    transformation = {"metricName": "m", "metricNamespace": "tests", "metricValue": "1"}
    calls: list[Any] = [
        lambda: logs.filter_log_events(logGroupName=group, filterPattern=pattern),
        lambda: logs.put_metric_filter(
            logGroupName=group,
            filterName="f",
            filterPattern=pattern,
            metricTransformations=[transformation],
        ),
    ]

    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "InvalidParameterException"


def test_a_metric_has_the_value_of_its_field(
    logs: Any, group: str, environment: Environment
) -> None:
    namespace = f"tests-{uuid.uuid4()}"
    logs.put_metric_filter(
        logGroupName=group,
        filterName="n",
        filterPattern="{ $.n > 1 }",
        metricTransformations=[
            {
                "metricName": "n",
                "metricNamespace": namespace,
                "metricValue": "$.n",
                "dimensions": {"level": "$.level"},
            }
        ],
    )

    put(logs, group, EVENTS)

    levels = {"ERROR": 3.0, "INFO": 40.0}
    until(lambda: {k: sums(environment, namespace, k) for k in levels} == levels, "the metrics")


def sums(environment: Environment, namespace: str, level: str) -> float:
    cloudwatch = environment.session.client("cloudwatch")
    return sum(statistics(cloudwatch, namespace, "n", "Sum", level=level))


def test_a_metric_filter_takes_the_events_of_its_own_log_group(
    logs: Any, group: str, environment: Environment
) -> None:
    namespace, other = f"tests-{uuid.uuid4()}", f"/tests/{uuid.uuid4()}"
    logs.create_log_group(logGroupName=other)
    transformation = {"metricName": "n", "metricNamespace": namespace, "metricValue": "1"}
    logs.put_metric_filter(
        logGroupName=other,
        filterName="n",
        filterPattern="",
        metricTransformations=[transformation],
    )

    put(logs, group, EVENTS)

    client: Any = environment.session.client("cloudwatch")
    assert client.list_metrics(Namespace=namespace)["Metrics"] == []
    logs.create_log_stream(logGroupName=other, logStreamName="s")
    put(logs, other, EVENTS)
    until(lambda: bool(client.list_metrics(Namespace=namespace)["Metrics"]), "the metric")
    logs.delete_log_group(logGroupName=other)
