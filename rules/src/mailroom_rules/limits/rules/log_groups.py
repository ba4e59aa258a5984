"""CloudWatch Logs: retention, metric filters and searches. log_events.py has the batches."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule, validation

API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/"
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
MOST_DIMENSIONS = 3


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def _retention(days: int, _request: Request) -> Refusal | None:
    if days in RETENTION_DAYS:
        return None
    values = ", ".join(map(str, RETENTION_DAYS))
    sentence = f"Member must satisfy enum value set: [{values}]"
    return _invalid(validation(days, "retentionInDays", sentence).message)


def _transformations(of: Sequence[Mapping[str, Any]], request: Request) -> Refusal | None:
    selects = str(request.get("filterPattern") or "").lstrip().startswith(("{", "["))
    for one in of:
        dimensions, value = one.get("dimensions") or {}, str(one.get("metricValue"))
        if dimensions and one.get("defaultValue") is not None:
            return _invalid(
                "Invalid metric transformation: dimensions and default value are mutually exclusive"
                " properties."
            )
        if len(dimensions) > MOST_DIMENSIONS:
            return _invalid("Invalid metric transformation: a metric has three dimensions at most.")
        if dimensions and not selects:
            return _invalid(
                "Invalid metric transformation: dimensions take a pattern of JSON or of fields."
            )
        if (
            not value.startswith("$")
            and re.fullmatch(r"[-+]?\d*\.?\d+([eE][-+]?\d+)?", value) is None
        ):
            return _invalid(f"Invalid metric value: {value}")
    return None


def _streams(_prefix: str, request: Request) -> Refusal | None:
    if not request.get("logStreamNames"):
        return None
    return _invalid("logStreamNamePrefix and logStreamNames are mutually exclusive.")


RULES = (
    Rule(
        "logs",
        ("PutRetentionPolicy",),
        "retentionInDays",
        "log events are kept for one of 22 numbers of days",
        f"{API}API_PutRetentionPolicy.html",
        _retention,
    ),
    Rule(
        "logs",
        ("PutMetricFilter",),
        "metricTransformations",
        "a metric has a number or a field as its value, and three dimensions at most, which are"
        " fields of the pattern and go with no default value",
        f"{API}API_MetricTransformation.html",
        _transformations,
    ),
    Rule(
        "logs",
        ("FilterLogEvents",),
        "logStreamNamePrefix",
        "streams are named, or have a prefix",
        f"{API}API_FilterLogEvents.html",
        _streams,
    ),
)
