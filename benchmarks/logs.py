"""What filters of log groups cost: log events put with five filters, and without."""

import itertools
import time
import uuid
from typing import Any

from benchmarks.figure import Figure, in_turn, seconds
from mailroom.environments.environment import Environment

ROUNDS = 9
WARM = 2
EVENTS, PER_REQUEST = 10_000, 1_000
MOST = 1.2
PATTERNS = (
    "ERROR",
    "?WARN ?ERROR -Exiting",
    '{ $.level = "ERROR" && $.n > 9990 }',
    "[time, level = ERROR*, ...]",
    "%took [0-9]{5} ms%",
)


class LogGroup:
    """A log group with metric filters, and one stream."""

    def __init__(self, environment: Environment, patterns: tuple[str, ...]) -> None:
        self._logs: Any = environment.session.client("logs")
        self._name = f"/benchmark/{uuid.uuid4().hex[:8]}"
        self._logs.create_log_group(logGroupName=self._name)
        self._logs.create_log_stream(logGroupName=self._name, logStreamName="s")
        for place, pattern in enumerate(patterns):
            metric: Any = {"metricName": "m", "metricNamespace": "benchmark", "metricValue": "1"}
            self._logs.put_metric_filter(
                logGroupName=self._name,
                filterName=str(place),
                filterPattern=pattern,
                metricTransformations=[metric],
            )

    def put(self) -> None:
        """Put the events: half of them JSON, as Powertools writes it, half plain lines."""
        now = int(time.time() * 1000)
        messages = (
            f'{{"level": "INFO", "n": {number}, "message": "took {number} ms", "service": "s"}}'
            if number % 2
            else f"12:00:00 INFO message {number} took {number} ms"
            for number in range(EVENTS)
        )
        for batch in itertools.batched(messages, PER_REQUEST, strict=True):
            self._logs.put_log_events(
                logGroupName=self._name,
                logStreamName="s",
                logEvents=[{"timestamp": now, "message": one} for one in batch],
            )


def measure_filters(environment: Environment) -> Figure:
    """10,000 log events into a log group with five metric filters, and into one without."""
    groups = LogGroup(environment, PATTERNS), LogGroup(environment, ())
    works = [lambda one=one: seconds(one.put) for one in groups]
    in_turn(WARM, *works)
    filtered, plain = in_turn(ROUNDS, *works)
    return Figure("10,000 log events, five filters", filtered, "without", plain, MOST, "s")
