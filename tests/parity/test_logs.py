"""CloudWatch Logs: filter patterns, metric filters and subscriptions."""

import json
import time
from contextlib import ExitStack

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.functions import Functions
from tests.support.functions import Function
from tests.support.metrics import statistics

API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
SYNTAX = f"{GUIDE}/FilterAndPatternSyntax.html"
EVENTS = [
    "ERROR one",
    "fine",
    '{"level": "ERROR", "n": 7}',
    '{"level": "INFO", "n": 1}',
]
# Logs each event that CloudWatch Logs delivers.
SUBSCRIBER = """
    import base64, gzip, json

    def handler(event, context):
        data = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        for one in data["logEvents"]:
            print("GOT", data["subscriptionFilters"], one["message"])
"""


class Logs:
    """A log group with a stream."""

    def __init__(self, endpoint: Endpoint, group: str) -> None:
        self.client = endpoint.client("logs")
        self.group = group
        self.client.create_log_stream(logGroupName=group, logStreamName="s")

    def put(self, messages: list[str]) -> None:
        now = int(time.time() * 1000)
        events = [{"timestamp": now + n, "message": one} for n, one in enumerate(messages)]
        self.client.put_log_events(logGroupName=self.group, logStreamName="s", logEvents=events)

    def find(self, pattern: str, group: str = "") -> list[str]:
        found = self.client.filter_log_events(
            logGroupName=group or self.group, filterPattern=pattern
        )
        return [event["message"].rstrip() for event in found["events"]]

    def subscribe(self, name: str, pattern: str, destination: str) -> None:
        self.client.put_subscription_filter(
            logGroupName=self.group,
            filterName=name,
            filterPattern=pattern,
            destinationArn=destination,
        )


@pytest.fixture
def logs(endpoint: Endpoint, log_group: str) -> Logs:
    return Logs(endpoint, log_group)


@pytest.fixture
def subscriber(endpoint: Endpoint, cleanup: ExitStack, functions: Functions) -> Function:
    """A function that logs into a group of its own."""
    client, name = endpoint.client("logs"), new_name()
    group = f"/aws/lambda/{name}"
    client.create_log_group(logGroupName=group)
    cleanup.callback(client.delete_log_group, logGroupName=group)
    return functions.make(SUBSCRIBER, FunctionName=name)


def allow_logs(endpoint: Endpoint, function: Function, group: str) -> None:
    endpoint.client("lambda").add_permission(
        FunctionName=function.name,
        StatementId="logs",
        Action="lambda:InvokeFunction",
        Principal="logs.amazonaws.com",
        SourceArn=f"arn:aws:logs:{endpoint.region}:{endpoint.account}:log-group:{group}:*",
    )


@pytest.mark.behaviour(SYNTAX)
@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", [0, 2]),
        ("?one ?fine", [0, 1]),
        ("ERROR -one", [2]),
        ('"ERROR one"', [0]),
        ('{ $.level = "ERROR" }', [2]),
        ('{ $.level = "ERROR" && $.n > 7 }', []),
        ("{ $.n >= 1 }", [2, 3]),
        ("%[a-z]+e$%", [0, 1]),
        ("[level = ERROR, word]", [0]),
    ],
)
def test_events_are_found_by_filter_pattern(
    endpoint: Endpoint, logs: Logs, pattern: str, expected: list[int]
) -> None:
    logs.put(EVENTS)
    endpoint.until_known(lambda: len(logs.find("")) == len(EVENTS))

    assert logs.find(pattern) == [EVENTS[n] for n in expected]


@pytest.mark.behaviour(SYNTAX)
@pytest.mark.parametrize("pattern", ["{ $.n = ", "[a", "%(a)%"])
def test_an_invalid_filter_pattern_is_refused(
    logs: Logs, subscriber: Function, pattern: str
) -> None:
    transformation = {"metricName": "m", "metricNamespace": "tests", "metricValue": "1"}

    refusals = [
        code_of(lambda: logs.find(pattern)),
        code_of(lambda: logs.subscribe("s", pattern, subscriber.arn)),
        code_of(
            lambda: logs.client.put_metric_filter(
                logGroupName=logs.group,
                filterName="f",
                filterPattern=pattern,
                metricTransformations=[transformation],
            )
        ),
    ]

    assert refusals == ["InvalidParameterException"] * 3


@pytest.mark.behaviour(f"{API}/API_MetricTransformation.html")
def test_a_metric_filter_adds_up_a_field_of_what_matches_in_its_log_group(
    endpoint: Endpoint, logs: Logs, cleanup: ExitStack
) -> None:
    namespace, other = new_name(), Logs(endpoint, _group(endpoint, cleanup))
    transformation = {"metricName": "n", "metricNamespace": namespace, "metricValue": "$.n"}
    logs.client.put_metric_filter(
        logGroupName=logs.group,
        filterName="f",
        filterPattern="{ $.n > 1 }",
        metricTransformations=[transformation],
    )

    other.put(EVENTS)
    logs.put(EVENTS)

    endpoint.until(lambda: _sum(endpoint, namespace, "n") == 7, "the metric")


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring"
    "/CloudWatch_Embedded_Metric_Format_Specification.html"
)
def test_a_line_in_embedded_metric_format_makes_a_metric(
    endpoint: Endpoint, functions: Functions, log_group: str
) -> None:
    namespace = new_name()
    directive = {
        "Namespace": namespace,
        "Dimensions": [[], ["service"]],
        "Metrics": [{"Name": "sent", "Unit": "Count"}],
    }
    metadata = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    line = json.dumps({"_aws": metadata, "service": "a", "sent": [3, 4]})
    source = f"LINE = {line!r}\ndef handler(event, context): print(LINE)"
    functions.make(source, FunctionName=log_group.rpartition("/")[2]).invoke()

    endpoint.until(lambda: _sum(endpoint, namespace, "sent") == 7, "the metric")
    endpoint.until(lambda: _sum(endpoint, namespace, "sent", service="a") == 7, "its dimension")


@pytest.mark.behaviour("https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html")
def test_text_without_a_final_newline_is_in_the_log(
    endpoint: Endpoint, logs: Logs, functions: Functions
) -> None:
    source = "import sys\ndef handler(event, context): sys.stdout.write('no newline')"
    function = functions.make(source, FunctionName=logs.group.rpartition("/")[2])

    result = function.invoke()

    assert "no newline" in result.log
    endpoint.until(lambda: "no newline" in logs.find(""), "the event")


@pytest.mark.behaviour(f"{GUIDE}/cloudwatch_limits_cwl.html")
def test_more_than_a_megabyte_of_text_without_a_newline_is_in_the_log(
    endpoint: Endpoint, logs: Logs, functions: Functions
) -> None:
    source = "def handler(event, context): print('begin', 'x' * 1_500_000, 'end')"
    function = functions.make(source, FunctionName=logs.group.rpartition("/")[2])

    function.invoke()

    endpoint.until(lambda: {"begin", "end"} <= {*" ".join(logs.find("")).split()}, "all of it")
    assert sum(event.count("x") for event in logs.find("")) >= 1_500_000


@pytest.mark.behaviour(f"{GUIDE}/SubscriptionFilters.html")
def test_a_subscription_takes_a_function_that_cloudwatch_logs_may_invoke(
    endpoint: Endpoint, logs: Logs, subscriber: Function
) -> None:
    before = code_of(lambda: logs.subscribe("all", "", subscriber.arn))
    allow_logs(endpoint, subscriber, logs.group)

    after = code_of(lambda: logs.subscribe("all", "", subscriber.arn))

    assert (before, after) == ("InvalidParameterException", "")


@pytest.mark.behaviour(f"{GUIDE}/SubscriptionFilters.html")
def test_each_subscription_gets_what_matches_its_own_pattern(
    endpoint: Endpoint, logs: Logs, subscriber: Function
) -> None:
    allow_logs(endpoint, subscriber, logs.group)
    logs.subscribe("errors", "ERROR -one", subscriber.arn)
    logs.subscribe("numbers", "{ $.n = 1 }", subscriber.arn)

    logs.put(EVENTS)

    expected = {f"GOT ['errors'] {EVENTS[2]}", f"GOT ['numbers'] {EVENTS[3]}"}
    group = f"/aws/lambda/{subscriber.name}"
    endpoint.until(lambda: len(logs.find("GOT", group)) == len(expected), "the events")
    assert set(logs.find("GOT", group)) == expected


def _group(endpoint: Endpoint, cleanup: ExitStack) -> str:
    client, name = endpoint.client("logs"), f"/{new_name()}"
    client.create_log_group(logGroupName=name)
    cleanup.callback(client.delete_log_group, logGroupName=name)
    return name


def _sum(endpoint: Endpoint, namespace: str, name: str, **dimensions: str) -> float:
    cloudwatch = endpoint.client("cloudwatch")
    return sum(statistics(cloudwatch, namespace, name, "Sum", **dimensions))
