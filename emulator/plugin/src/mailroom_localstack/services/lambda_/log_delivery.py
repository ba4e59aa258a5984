"""How the logs and metrics of functions reach CloudWatch."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.lambda_.invocation.logs import LogHandler, LogItem
from localstack.utils.aws.client_types import ServicePrincipal
from localstack.utils.bootstrap import is_api_enabled

from mailroom_localstack.batcher import Batcher
from mailroom_localstack.executor import log_archive
from mailroom_localstack.executor.log_lines import LogEvent, LogText, log_event
from mailroom_localstack.patches import patch, replacement
from mailroom_localstack.services.lambda_.log_batches import batches

INVOCATION = "localstack.services.lambda_.invocation"
METRIC_THREADS = "record-cloudwatch-metric"
LOG_SECONDS = 0.1
METRIC_SECONDS = 1.0
STOP_SECONDS = 2.0
METRICS_PER_REQUEST = 1_000

type Metric = tuple[str, str, str, str]


class BatchedLogHandler(LogHandler):
    """Writes a function version's log to CloudWatch Logs; events keep their own times."""

    def __init__(self, role_arn: str, region: str) -> None:
        """Make no client until there is something to write."""
        super().__init__(role_arn, region)
        self._client: Any = None
        self._batcher: Batcher[tuple[LogItem, list[LogEvent]]] = Batcher(self._write, LOG_SECONDS)

    def start_subscriber(self) -> None:
        """Do nothing: a thread starts with the first log."""

    def add_logs(self, log_item: LogItem) -> None:
        """Write the log of an invocation with the next batch."""
        if is_api_enabled("logs"):
            self._batcher.add((log_item, _events(log_item.logs)))

    def stop(self) -> None:
        """Write what is left."""
        self._batcher.close(STOP_SECONDS)

    def _write(self, batch: list[tuple[LogItem, list[LogEvent]]]) -> None:
        streams: dict[tuple[str, str], list[LogEvent]] = {}
        for item, events in batch:
            streams.setdefault((item.log_group, item.log_stream), []).extend(events)
        for (group, stream), events in streams.items():
            # CloudWatch Logs requires the order of their times; a clock may have been set back.
            events.sort(key=lambda event: event.timestamp)
            for chunk in batches(events):
                log_archive.keep(group, stream, chunk)
                self._put(group, stream, chunk)

    def _put(self, group: str, stream: str, events: Iterable[LogEvent]) -> None:
        if self._client is None:
            self._client = connect_to.with_assumed_role(
                region_name=self.region,
                role_arn=self.role_arn,
                service_principal=ServicePrincipal(ServicePrincipal.lambda_),
            ).logs
        client = self._client
        request = {
            "logGroupName": group,
            "logStreamName": stream,
            "logEvents": [
                {"timestamp": event.timestamp, "message": f"{event.message}\n"} for event in events
            ],
        }
        try:
            client.put_log_events(**request)
        except client.exceptions.ResourceNotFoundException:
            self._create_stream(client, group, stream)
            client.put_log_events(**request)

    def _create_stream(self, client: Any, group: str, stream: str) -> None:
        """Create the log group only if there is none: a role may lack that permission."""
        where = {"logGroupName": group, "logStreamName": stream}
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            try:
                client.create_log_stream(**where)
            except client.exceptions.ResourceNotFoundException:
                with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
                    client.create_log_group(logGroupName=group)
                client.create_log_stream(**where)


@patch(f"{INVOCATION}.execution_environment:ExecutionEnvironment.get_log_group_name")
def write_to_configured_log_group(original: Any, environment: Any) -> str:
    """Write a function's log to the log group of its `LoggingConfig`.

    LocalStack: writes it to `/aws/lambda/NAME`, whatever the configuration says.

    AWS: writes it to `LoggingConfig.LogGroup`.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html

    Test: tests/parity/test_environments.py
    test_the_log_of_a_function_goes_to_the_log_group_of_its_configuration
    """
    logging_config = environment.function_version.config.logging_config or {}
    return logging_config.get("LogGroup") or str(original(environment))


@replacement(f"{INVOCATION}.version_manager:LogHandler")
def deliver_logs_in_batches(original: Any) -> Any:
    """Write the logs of several invocations to CloudWatch Logs together.

    LocalStack: writes them in a thread at each invocation, each line as an event of its own with
    the time of writing.

    AWS: keeps the time of each event, and a traceback in one event.
    https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html

    Test: tests/integration/test_executor_logs.py::test_an_error_keeps_its_trace_in_one_event
    """
    return BatchedLogHandler


@patch(f"{INVOCATION}.version_manager:start_thread")
def count_in_batches(original: Any, method: Any, *args: Any, **kwargs: Any) -> Any:
    """Count invocations and errors, and write the sums to CloudWatch once a second.

    LocalStack: starts a thread for each invocation, which writes one data point.

    Saves: more than an invocation itself takes: the threads compete with the next invocation.

    Test: tests/integration/test_executor_logs.py::test_invocations_and_errors_are_counted
    """
    if (kwargs.get("name") or "").startswith(METRIC_THREADS):
        return method()
    return original(method, *args, **kwargs)


@count_in_batches.also(f"{INVOCATION}.version_manager:record_cw_metric_invocation")
def count_invocation(original: Any, function_name: str, account_id: str, region_name: str) -> None:
    """Count an invocation."""
    _metrics.add((account_id, region_name, function_name, "Invocations"))


@count_in_batches.also(f"{INVOCATION}.version_manager:record_cw_metric_error")
def count_error(original: Any, function_name: str, account_id: str, region_name: str) -> None:
    """Count an invocation that failed."""
    _metrics.add((account_id, region_name, function_name, "Invocations"))
    _metrics.add((account_id, region_name, function_name, "Errors"))


def _events(logs: str) -> list[LogEvent]:
    if isinstance(logs, LogText):
        return list(logs.events)
    return [log_event(line) for line in logs.split("\n") if line]


def _publish(batch: list[Metric]) -> None:
    if not is_api_enabled("cloudwatch"):
        return
    now = datetime.now(UTC)
    regions: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for (account, region, function, metric), count in Counter(batch).items():
        regions.setdefault((account, region), []).append(
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "FunctionName", "Value": function}],
                "Timestamp": now,
                "StatisticValues": {
                    "SampleCount": count,
                    "Sum": count,
                    "Minimum": 1,
                    "Maximum": 1,
                },
            }
        )
    for (account, region), data in regions.items():
        client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
        for chunk in itertools.batched(data, METRICS_PER_REQUEST, strict=False):
            client.put_metric_data(Namespace="AWS/Lambda", MetricData=list(chunk))


_metrics: Batcher[Metric] = Batcher(_publish, METRIC_SECONDS)
