"""Metrics that services record: added up for a second, and then one request for each namespace."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from mailroom_localstack.batcher import Batcher

SECONDS = 1.0
PER_REQUEST = 1_000


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric within a second.

    Attributes:
        dimensions: names and values, sorted.
    """

    account: str
    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str | None
    second: int


class Measured(NamedTuple):
    """A value, and how often it was measured."""

    value: float
    times: int


def record(
    account: str,
    region: str,
    namespace: str,
    name: str,
    value: float,
    dimensions: Mapping[str, str] | None = None,
    *,
    unit: str | None = None,
    timestamp: float | None = None,
    times: int = 1,
) -> None:
    """Record a value of a metric.

    Args:
        timestamp: Unix time; None is now.
        times: how often it was measured.
    """
    second = int(time.time() if timestamp is None else timestamp)
    named = tuple(sorted((dimensions or {}).items()))
    metric = Metric(account, region, namespace, name, named, unit, second)
    _values.add((metric, Measured(value, times)))


def _publish(batch: list[tuple[Metric, Measured]]) -> None:
    from localstack.aws.connect import connect_to
    from localstack.utils.bootstrap import is_api_enabled

    if not is_api_enabled("cloudwatch"):
        return
    values: dict[Metric, list[Measured]] = {}
    for metric, value in batch:
        values.setdefault(metric, []).append(value)
    requests: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for metric, found in values.items():
        where = (metric.account, metric.region, metric.namespace)
        requests.setdefault(where, []).append(_datum(metric, found))
    for (account, region, namespace), data in requests.items():
        client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
        for chunk in itertools.batched(data, PER_REQUEST, strict=False):
            client.put_metric_data(Namespace=namespace, MetricData=list(chunk))


def _datum(metric: Metric, values: list[Measured]) -> dict[str, Any]:
    datum = {
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
        "Timestamp": datetime.fromtimestamp(metric.second, UTC),
        "StatisticValues": {
            "SampleCount": sum(one.times for one in values),
            "Sum": sum(one.value * one.times for one in values),
            "Minimum": min(one.value for one in values),
            "Maximum": max(one.value for one in values),
        },
    }
    return datum | ({"Unit": metric.unit} if metric.unit else {})


_values: Batcher[tuple[Metric, Measured]] = Batcher(_publish, SECONDS)
