"""Metrics of functions, beside the numbers of invocations and errors (`log_delivery`)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

from mailroom_localstack.metric_records import record
from mailroom_localstack.patches import patch

INVOCATION = "localstack.services.lambda_.invocation"
NAMESPACE = "AWS/Lambda"


@patch(f"{INVOCATION}.execution_environment:ExecutionEnvironment.invoke")
def record_durations(original: Any, environment: Any, *args: Any, **named: Any) -> Any:
    """Record how long invocations take, how many run at once, and those that are throttled.

    LocalStack: records invocations and errors.

    AWS: records Duration, ConcurrentExecutions and Throttles, too.
    https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html

    Test: tests/parity/test_metrics.py::test_a_function_has_its_durations_as_a_metric
    """
    identity = environment.function_version.id
    with _lock:
        _running[identity.function_name, identity.account, identity.region] += 1
        at_once = _running[identity.function_name, identity.account, identity.region]
    _record(identity, "ConcurrentExecutions", at_once)
    began = time.perf_counter()
    try:
        return original(environment, *args, **named)
    finally:
        milliseconds = (time.perf_counter() - began) * 1000
        with _lock:
            _running[identity.function_name, identity.account, identity.region] -= 1
        _record(identity, "Duration", milliseconds, "Milliseconds")


@record_durations.also(f"{INVOCATION}.version_manager:LambdaVersionManager.invoke")
def record_throttles(original: Any, manager: Any, *args: Any, **named: Any) -> Any:
    """Record an invocation that is throttled."""
    from localstack.aws.api.lambda_ import TooManyRequestsException

    try:
        return original(manager, *args, **named)
    except TooManyRequestsException:
        _record(manager.function_version.id, "Throttles", 1)
        raise


def _record(identity: Any, name: str, value: float, unit: str | None = None) -> None:
    dimensions = {"FunctionName": identity.function_name}
    record(identity.account, identity.region, NAMESPACE, name, value, dimensions, unit=unit)


_running: Counter[tuple[str, str, str]] = Counter()
_lock = threading.Lock()
