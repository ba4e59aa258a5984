"""The metrics that metric filters, and the embedded metric format, make of log events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mailroom_rules.filter_patterns import InvalidPattern, compile_pattern
from mailroom_rules.filter_patterns.json_events import select_text

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch
from mailroom_localstack.services.logs.embedded_metrics import embedded_metrics

PROVIDER = "localstack.services.logs.provider:LogsProvider"

type Metric = tuple[str, dict[str, Any]]


@patch(f"{PROVIDER}.put_log_events")
def record_filtered_metrics(
    original: Any, provider: Any, context: Any, log_group_name: str, *args: Any, **kwargs: Any
) -> Any:
    """Record a metric for the events that match a metric filter of their own log group.

    LocalStack: records 1, or the value that stands in the filter, for the filters of every log
    group, without dimensions. It ignores the embedded metric format.

    AWS: applies the filters of the log group; a value and dimensions may be fields of the event
    (`$.n`, `$bytes`), and the default value counts when none of the events matches. An event in the
    embedded metric format makes the metrics that it names.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html

    Test: tests/integration/test_filter_patterns.py::test_a_metric_has_the_value_of_its_field
    """
    from localstack.services.logs.models import get_moto_logs_backend
    from localstack.services.moto import call_moto

    answer = call_moto(context)
    backend = get_moto_logs_backend(context.account_id, context.region)
    own = [one for one in backend.filters.metric_filters if one["logGroupName"] == log_group_name]
    messages = [event["message"] for event in context.service_request.get("logEvents", [])]
    for one in own:
        for namespace, datum in metrics(one, messages):
            _record(context, namespace, datum)
    for message in messages:
        for metric in embedded_metrics(message):
            record(
                context.account_id,
                context.region,
                metric.namespace,
                metric.name,
                metric.value,
                metric.dimensions,
                unit=metric.unit,
                timestamp=metric.timestamp,
            )
    return answer


@patch("moto.logs.models:LogsBackend.put_metric_filter")
def replace_metric_filter(
    original: Any, backend: Any, filter_name: str, pattern: str, log_group_name: str, *more: Any
) -> None:
    """Put a metric filter of a log group that is there, in the place of one of the same name.

    LocalStack: takes any group, and counts twice what two filters of one name match.

    AWS: answers ResourceNotFoundException, and updates the filter.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html

    Test: tests/parity/test_values_logs.py::test_a_metric_filter_belongs_to_a_log_group
    """
    _require_group(backend, log_group_name)
    backend.filters.delete_filter(filter_name, log_group_name)
    original(backend, filter_name, pattern, log_group_name, *more)


@replace_metric_filter.also("moto.logs.models:LogsBackend.delete_metric_filter")
def delete_metric_filter(
    original: Any, backend: Any, filter_name: str, log_group_name: str
) -> None:
    """Delete a metric filter that is there."""
    from localstack.aws.api.logs import ResourceNotFoundException

    _require_group(backend, log_group_name)
    names = [
        one["filterName"]
        for one in backend.filters.metric_filters
        if one["logGroupName"] == log_group_name
    ]
    if filter_name not in names:
        raise ResourceNotFoundException("The specified metric filter does not exist.")
    original(backend, filter_name, log_group_name)


def _require_group(backend: Any, name: str) -> None:
    from localstack.aws.api.logs import ResourceNotFoundException

    if name not in backend.groups:
        raise ResourceNotFoundException("The specified log group does not exist.")


def metrics(metric_filter: Mapping[str, Any], messages: Iterable[str]) -> Iterator[Metric]:
    """Namespace and datum of each metric that a filter makes of events."""
    pattern = compile_pattern(metric_filter.get("filterPattern") or "")
    matching = [message for message in messages if pattern.matches(message)]
    for transformation in metric_filter.get("metricTransformations", []):
        namespace, name = transformation["metricNamespace"], transformation["metricName"]
        default = transformation.get("defaultValue")
        if not matching and default is not None:
            yield namespace, {"MetricName": name, "Value": float(default)}
        for message in matching:
            value = _number(_field(transformation.get("metricValue") or "1", message, pattern))
            dimensions = [
                {"Name": key, "Value": str(found)}
                for key, selector in (transformation.get("dimensions") or {}).items()
                if (found := _field(selector, message, pattern)) is not None
            ]
            if value is not None:
                unit = transformation.get("unit")
                yield (
                    namespace,
                    {"MetricName": name, "Value": value}
                    | ({"Dimensions": dimensions} if dimensions else {})
                    | ({"Unit": unit} if unit else {}),
                )


def _field(selector: str, message: str, pattern: Any) -> Any:
    """The value of a field of an event; a text that is no selector is the value itself."""
    if selector.startswith("$."):
        try:
            return select_text(message, selector)
        except InvalidPattern:
            return None
    if selector.startswith("$"):
        return pattern.extract(message).get(selector)
    return selector


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _record(context: Any, namespace: str, datum: Mapping[str, Any]) -> None:
    record(
        context.account_id,
        context.region,
        namespace,
        datum["MetricName"],
        datum["Value"],
        {one["Name"]: one["Value"] for one in datum.get("Dimensions", [])},
        unit=datum.get("Unit"),
    )
