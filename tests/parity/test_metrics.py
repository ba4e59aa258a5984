"""CloudWatch: metrics of services, and the alarms on them."""

from contextlib import ExitStack
from typing import Any

import pytest

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.parity.made.functions import PROBE, Functions
from tests.parity.made.machines import Machines
from tests.parity.made.queues import Queues
from tests.parity.made.topics import Topics
from tests.support.metrics import statistics

LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"
STATES = "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html"
SNS = "https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html"
SQS = (
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide"
    "/sqs-available-cloudwatch-metrics.html"
)


def statistic(
    endpoint: Endpoint, namespace: str, name: str, kind: str, **dimensions: str
) -> list[float]:
    return statistics(endpoint.client("cloudwatch"), namespace, name, kind, **dimensions)


@pytest.mark.behaviour(LAMBDA)
def test_a_function_has_its_durations_as_a_metric(endpoint: Endpoint, functions: Functions) -> None:
    function = functions.make("import time\ndef handler(event, context): time.sleep(0.3)")
    function.invoke()
    function.invoke()

    def known(name: str, kind: str) -> list[Any]:
        return statistic(endpoint, "AWS/Lambda", name, kind, FunctionName=function.name)

    endpoint.until(lambda: known("Duration", "SampleCount") == [2], "two durations")
    assert 300 <= known("Duration", "Minimum")[0] < 3_000
    endpoint.until(lambda: known("Invocations", "Sum") == [2], "two invocations")
    endpoint.until(lambda: known("ConcurrentExecutions", "Maximum") == [1], "the concurrency")


@pytest.mark.behaviour(LAMBDA)
def test_a_throttled_invocation_is_counted(endpoint: Endpoint, functions: Functions) -> None:
    function = functions.make(PROBE)
    functions.client.put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=0
    )

    with pytest.raises(functions.client.exceptions.TooManyRequestsException):
        function.invoke({"do": "version"})

    def throttles() -> float:
        # The client tries again.
        named = {"FunctionName": function.name}
        return float(sum(statistic(endpoint, "AWS/Lambda", "Throttles", "Sum", **named)))

    endpoint.until(lambda: throttles() >= 1, "the throttle")


@pytest.mark.behaviour(STATES)
@pytest.mark.parametrize(
    ("state", "metric"),
    [
        ({"Type": "Succeed"}, "ExecutionsSucceeded"),
        ({"Type": "Fail", "Error": "E"}, "ExecutionsFailed"),
    ],
)
def test_a_state_machine_has_its_executions_as_metrics(
    endpoint: Endpoint, machines: Machines, state: dict[str, str], metric: str
) -> None:
    machine = machines.make({"Only": state})
    machine.run()
    machine.run()

    def known(name: str, kind: str) -> list[Any]:
        return statistic(endpoint, "AWS/States", name, kind, StateMachineArn=machine.arn)

    endpoint.until(lambda: known(metric, "Sum") == [2], metric)
    endpoint.until(lambda: known("ExecutionsStarted", "Sum") == [2], "the starts")
    endpoint.until(lambda: known("ExecutionTime", "SampleCount") == [2], "the times")


@pytest.mark.behaviour(SNS)
def test_a_topic_has_its_messages_as_a_metric(endpoint: Endpoint, topics: Topics) -> None:
    topic = topics.make()
    topic.publish("one")
    topic.publish_batch("two", "three")

    name = topic.arn.rpartition(":")[2]
    endpoint.until(
        lambda: (
            statistic(endpoint, "AWS/SNS", "NumberOfMessagesPublished", "Sum", TopicName=name)
            == [3]
        ),
        "three messages",
    )


@pytest.mark.behaviour(SQS)
def test_a_queue_has_its_depth_as_a_metric(endpoint: Endpoint, queues: Queues) -> None:
    queue = queues.make()
    queue.send_all("one", "two")
    name = queue.arn.rpartition(":")[2]
    metric = "ApproximateNumberOfMessagesVisible"

    endpoint.until(
        lambda: statistic(endpoint, "AWS/SQS", metric, "Maximum", QueueName=name) == [2],
        "the depth",
    )


@pytest.mark.behaviour(SQS)
def test_a_queue_has_what_was_sent_received_and_deleted_as_metrics(
    endpoint: Endpoint, queues: Queues
) -> None:
    queue = queues.make()
    queue.send("four")
    queue.send_all("one", "two")
    queue.collect(3)
    queue.receive(WaitTimeSeconds=0)
    name = queue.arn.rpartition(":")[2]

    def known(metric: str, kind: str = "Sum") -> float:
        return sum(statistic(endpoint, "AWS/SQS", metric, kind, QueueName=name))

    for metric in ("NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted"):
        endpoint.until(lambda metric=metric: known(metric) == 3, metric)  # type: ignore[misc]
    endpoint.until(lambda: known("SentMessageSize") == 10, "the sizes")
    assert known("SentMessageSize", "Maximum") == 4
    endpoint.until(lambda: known("NumberOfEmptyReceives") >= 1, "the receive that found nothing")


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html"
)
def test_an_alarm_fires_and_recovers(endpoint: Endpoint, cleanup: ExitStack) -> None:
    cloudwatch, name, namespace = endpoint.client("cloudwatch"), new_name(), new_name()
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName="m",
        Statistic="Maximum",
        Period=10,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    cleanup.callback(cloudwatch.delete_alarms, AlarmNames=[name])

    def becomes(state: str, value: float) -> bool:
        [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        if alarm["StateValue"] == state:
            return True
        data = [{"MetricName": "m", "Value": value, "StorageResolution": 1}]
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=data)
        return False

    endpoint.until(lambda: becomes("ALARM", 1), "the alarm to fire")
    endpoint.until(lambda: becomes("OK", 0), "the alarm to recover")


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"
)
def test_metrics_are_taken_in_a_compressed_request(endpoint: Endpoint) -> None:
    client, namespace = endpoint.client("cloudwatch"), new_name()
    # The SDK compresses a request of 10,240 bytes or more.
    data: list[Any] = [
        {"MetricName": "m", "Value": 1.0, "Dimensions": [{"Name": "d", "Value": f"{number:0100}"}]}
        for number in range(300)
    ]

    client.put_metric_data(Namespace=namespace, MetricData=data)

    def known() -> int:
        pages = client.get_paginator("list_metrics").paginate(Namespace=namespace)
        return sum(len(page["Metrics"]) for page in pages)

    endpoint.until(lambda: known() == 300, "300 metrics")
