"""Metrics in the embedded metric format of log events.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MARK = '"CloudWatchMetrics"'


@dataclass(frozen=True, slots=True)
class EmbeddedMetric:
    """One value of a metric.

    Attributes:
        timestamp: Unix time; None if the event doesn't say it.
    """

    namespace: str
    name: str
    value: float
    dimensions: dict[str, str]
    unit: str | None
    timestamp: float | None


def embedded_metrics(message: str) -> Iterator[EmbeddedMetric]:
    """The metrics of a log event; none if it isn't in the format."""
    if MARK not in message:
        return
    try:
        event = json.loads(message)
        metadata = event["_aws"]
        directives = metadata["CloudWatchMetrics"]
        milliseconds = metadata.get("Timestamp")
    except (ValueError, TypeError, KeyError, AttributeError):
        return
    timestamp = milliseconds / 1000 if isinstance(milliseconds, int | float) else None
    for directive in directives if isinstance(directives, list) else ():
        if isinstance(directive, dict) and isinstance(directive.get("Namespace"), str):
            yield from _metrics(event, directive, timestamp)


def _metrics(
    event: dict[str, Any], directive: dict[str, Any], timestamp: float | None
) -> Iterator[EmbeddedMetric]:
    """The metrics of a directive, once for each of its sets of dimensions."""
    for names in directive.get("Dimensions") or [[]]:
        if not all(name in event for name in names):
            continue
        dimensions = {name: str(event[name]) for name in names}
        for metric in directive.get("Metrics") or ():
            found = event.get(metric.get("Name"))
            for value in found if isinstance(found, list) else [found]:
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield EmbeddedMetric(
                        directive["Namespace"],
                        metric["Name"],
                        float(value),
                        dimensions,
                        metric.get("Unit"),
                        timestamp,
                    )
