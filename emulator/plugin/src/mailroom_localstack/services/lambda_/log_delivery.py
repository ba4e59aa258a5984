"""Brings the logs and the metrics of functions to CloudWatch, in batches.

LocalStack writes both once an invocation, in threads that compete with the next invocation for
the interpreter: that costs more than the invocation itself.
"""

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

from mailroom_localstack.executor.log_lines import InvocationLog, LogEvent, log_event
from mailroom_localstack.services.logs.batcher import Batcher

LOG_SECONDS = 0.1
METRIC_SECONDS = 1.0
STOP_SECONDS = 2.0
EVENTS_PER_REQUEST = 10_000
METRICS_PER_REQUEST = 1_000

type Metric = tuple[str, str, str, str]


class BatchedLogHandler(LogHandler):
    """A function version's way to CloudWatch Logs; it keeps events whole, with their own times."""

    def __init__(self, role_arn: str, region: str) -> None:
        """Connects when there is something to write."""
        super().__init__(role_arn, region)
        self._client: Any = None
        self._batcher: Batcher[tuple[LogItem, list[LogEvent]]] = Batcher(self._write, LOG_SECONDS)

    def start_subscriber(self) -> None:
        """Nothing to start."""

    def add_logs(self, log_item: LogItem) -> None:
        """Takes the log of an invocation."""
        if is_api_enabled("logs"):
            self._batcher.add((log_item, _events(log_item.logs)))

    def stop(self) -> None:
        """Writes what is left."""
        self._batcher.close(STOP_SECONDS)

    def _write(self, batch: list[tuple[LogItem, list[LogEvent]]]) -> None:
        streams: dict[tuple[str, str], list[LogEvent]] = {}
        for item, events in batch:
            streams.setdefault((item.log_group, item.log_stream), []).extend(events)
        for (group, stream), events in streams.items():
            # CloudWatch Logs wants them in the order of their times; a clock may have been set.
            events.sort(key=lambda event: event.timestamp)
            for chunk in itertools.batched(events, EVENTS_PER_REQUEST, strict=False):
                self._put(group, stream, chunk)

    def _put(self, group: str, stream: str, events: Iterable[LogEvent]) -> None:
        if self._client is None:
            self._client = connect_to.with_assumed_role(
                region_name=self.region,
                role_arn=self.role_arn,
                service_principal=ServicePrincipal.lambda_,
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
        """Creates the group only where there is none: a role need not be allowed to."""
        where = {"logGroupName": group, "logStreamName": stream}
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            try:
                client.create_log_stream(**where)
            except client.exceptions.ResourceNotFoundException:
                with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
                    client.create_log_group(logGroupName=group)
                client.create_log_stream(**where)


def count_invocation(function_name: str, account_id: str, region_name: str) -> None:
    """Counts an invocation; has the shape of LocalStack's ``record_cw_metric_invocation``."""
    _metrics.add((account_id, region_name, function_name, "Invocations"))


def count_error(function_name: str, account_id: str, region_name: str) -> None:
    """Counts an invocation that failed."""
    count_invocation(function_name, account_id, region_name)
    _metrics.add((account_id, region_name, function_name, "Errors"))


def _events(logs: str) -> list[LogEvent]:
    if isinstance(logs, InvocationLog):
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
