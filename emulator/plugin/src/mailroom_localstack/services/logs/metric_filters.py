"""The metrics that metric filters, and the embedded metric format, make of log events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from mailroom_rules.filter_patterns import InvalidPattern, compile_pattern
from mailroom_rules.filter_patterns.json_events import select_text

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch
from mailroom_localstack.services.logs.embedded_metrics import embedded_metrics

PROVIDER = "localstack.services.logs.provider:LogsProvider"


class Metric(NamedTuple):
    """What a metric filter makes of an event.

    Attributes:
        dimensions: names and values.
    """

    namespace: str
    name: str
    value: float
    dimensions: tuple[tuple[str, str], ...] = ()
    unit: str | None = None


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
    where = context.account_id, context.region
    for one in own:
        for metric, times in metrics(one, messages).items():
            record(
                *where,
                metric.namespace,
                metric.name,
                metric.value,
                dict(metric.dimensions),
                unit=metric.unit,
                times=times,
            )
    for message in messages:
        for found in embedded_metrics(message):
            record(
                *where,
                found.namespace,
                found.name,
                found.value,
                found.dimensions,
                unit=found.unit,
                timestamp=found.timestamp,
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


def metrics(metric_filter: Mapping[str, Any], messages: Iterable[str]) -> Counter[Metric]:
    """The metrics that a filter makes of events, and how often."""
    pattern = compile_pattern(metric_filter.get("filterPattern") or "")
    matching = [message for message in messages if pattern.matches(message)]
    made: Counter[Metric] = Counter()
    for transformation in metric_filter.get("metricTransformations", []):
        default = transformation.get("defaultValue")
        if not matching and default is not None:
            made[_metric(transformation, float(default))] += 1
        if _is_constant(transformation):
            times = {message: len(matching) for message in matching[:1]}
        else:
            times = Counter(matching)
        for message, found in times.items():
            value = _number(_field(_value(transformation), message, pattern))
            dimensions = tuple(
                (key, str(text))
                for key, selector in _dimensions(transformation).items()
                if (text := _field(selector, message, pattern)) is not None
            )
            if value is not None:
                made[_metric(transformation, value, dimensions)] += found
    return made


def _is_constant(transformation: Mapping[str, Any]) -> bool:
    selectors = (_value(transformation), *_dimensions(transformation).values())
    return not any(selector.startswith("$") for selector in selectors)


def _value(transformation: Mapping[str, Any]) -> str:
    return transformation.get("metricValue") or "1"


def _dimensions(transformation: Mapping[str, Any]) -> Mapping[str, str]:
    return transformation.get("dimensions") or {}


def _metric(
    transformation: Mapping[str, Any], value: float, dimensions: tuple[tuple[str, str], ...] = ()
) -> Metric:
    namespace, name = transformation["metricNamespace"], transformation["metricName"]
    return Metric(namespace, name, value, dimensions, transformation.get("unit"))


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
