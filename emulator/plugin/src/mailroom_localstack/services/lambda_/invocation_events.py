"""When invocations begin and end, and what they call."""

from __future__ import annotations

import contextlib
import json
import re
import time
from typing import Any

from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.current import CURRENT, ENVIRONMENTS
from mailroom_localstack.observation.ring import RING, Event
from mailroom_localstack.observation.text import machine_of, records_of
from mailroom_localstack.patches import patch

ENVIRONMENT = "localstack.services.lambda_.invocation.execution_environment:ExecutionEnvironment"
MEMORY = re.compile(r"Max Memory Used: (\d+) MB")
BILLED = re.compile(r"Billed Duration: (\d+) ms")
# What CloudWatch Logs bills for each event beside its bytes:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
BYTES_OF_EVENT = 26
RUNNING = "mailroom_running"
LONGEST_MESSAGE = 2_000


@patch(f"{ENVIRONMENT}.invoke")
def record_invocations(original: Any, environment: Any, invocation: Any) -> Any:
    """Record invocations, with what triggered them and how they ended.

    LocalStack: keeps their logs, and counts them.

    Why: `/_mailroom/events` shows which invocation has received a message, and how it ended.

    Test: tests/integration/test_observation.py
    test_a_message_s_way_is_told_from_topic_to_queue_to_function
    """
    function = environment.function_version.id.unqualified_arn()
    running = getattr(environment, RUNNING, None)
    if running is not None:
        running.request_id = invocation.request_id
    payload, execution = invocation.payload, CURRENT.execution
    trace = invocation.trace_context.get("aws_trace_header")
    began = time.time()

    def begin() -> list[Event]:
        trigger, records = records_of(payload)
        event: Event = {"kind": "invocation", "function": function}
        event |= {"request_id": invocation.request_id, "trigger": trigger or execution}
        return [event | {"records": records, "trace": trace and trace.to_header_str()}]

    RING.add(begin, at=began, weight=len(payload))
    COUNTERS.add("invocation", machine_of(execution), function)
    result = None
    try:
        result = original(environment, invocation)
        return result
    finally:
        _record_end(function, invocation.request_id, began, result)


@record_invocations.also(f"{ENVIRONMENT}.get_credentials")
def know_access_keys(original: Any, environment: Any) -> Any:
    """Know the calls of an execution environment by its access key."""
    credentials = original(environment)
    function = environment.function_version.id.unqualified_arn()
    setattr(environment, RUNNING, ENVIRONMENTS.add(credentials["AccessKeyId"], function))
    return credentials


def _record_end(function: str, request_id: str, began: float, result: Any) -> None:
    error, message = _error(result)
    if error:
        COUNTERS.add("invocation-error", None, function)
    logs = (result.logs if result is not None else None) or ""
    memory, billed = MEMORY.search(logs[-500:]), BILLED.search(logs[-500:])
    if billed:
        COUNTERS.add("billed-ms", function, None, int(billed[1]))
    size = len(logs.encode()) + logs.count("\n") * (BYTES_OF_EVENT - 1)
    COUNTERS.add("log-bytes", function, None, size)
    event: Event = {
        "kind": "invocation-end",
        "function": function,
        "request_id": request_id,
        "error": error,
        "message": message,
        "ms": round((time.time() - began) * 1000, 1),
        "memory": int(memory[1]) if memory else None,
    }
    RING.add(lambda: [event])


def _error(result: Any) -> tuple[str | None, str | None]:
    if result is None:
        return "Stopped", "LocalStack stopped the execution environment"
    if not result.is_error:
        return None, None
    with contextlib.suppress(ValueError, AttributeError):
        told = json.loads(result.payload)
        message = str(told.get("errorMessage") or "")[:LONGEST_MESSAGE]
        return str(told.get("errorType") or "Unhandled"), message
    return "Unhandled", None
