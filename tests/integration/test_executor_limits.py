"""Lambda's limits of time, memory and size: a function that exceeds one is ended with an error."""

import re
import time
from typing import Any

import psutil
import pytest

from tests.support.functions import Functions

PID = "import os\ndef handler(event, context): return os.getpid()"
SLEEPS_ON_DEMAND = """
    import os, time

    def handler(event, context):
        time.sleep(event or 0)
        return os.getpid()
"""
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
RESPONSE_LIMIT = 6_291_556
REQUEST_LIMITS = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}


def test_an_invocation_over_its_time_is_killed_and_told_so(functions: Functions) -> None:
    function = functions.make(SLEEPS_ON_DEMAND, Timeout=1)
    process = function.invoke().value

    begun = time.monotonic()
    late = function.invoke(600)

    assert time.monotonic() - begun < 10
    assert late.error == "Unhandled"
    assert late.value == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert late.log[-3].endswith(f"Z {late.request_id} Task timed out after 1.00 seconds")
    assert late.report.endswith("\tStatus: timeout")
    assert not psutil.pid_exists(process)
    assert function.invoke().value != process


def test_an_init_has_ten_seconds_and_then_what_the_function_has(functions: Functions) -> None:
    function = functions.make("import time; time.sleep(600)", Timeout=1)

    late = function.invoke()

    [init] = [line for line in late.log if line.startswith("INIT_REPORT")]
    duration = re.match(r"INIT_REPORT Init Duration: (\d+\.\d\d) ms\tPhase: init\t", init)
    assert duration
    assert 10_000 <= float(duration[1]) < 11_000
    assert init.rstrip().endswith("\tStatus: timeout")
    assert late.value["errorType"] == "Sandbox.Timedout"
    assert late.value["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_an_init_within_its_ten_seconds_may_take_longer_than_the_function_has(
    functions: Functions,
) -> None:
    function = functions.make(f"import time; time.sleep(1.3)\n{PID}", Timeout=1)

    result = function.invoke()

    assert result.error is None
    assert re.search(r"\tInit Duration: 1[3-9]\d\d\.\d\d ms", result.report)


def test_an_invocation_over_its_memory_is_killed_and_told_so(functions: Functions) -> None:
    function = functions.make(
        """
        import os

        def handler(event, context):
            much = bytearray(event << 20)
            return os.getpid()
        """,
        MemorySize=128,
    )
    process = function.invoke(20).value

    greedy = function.invoke(200)

    assert greedy.error == "Unhandled"
    assert greedy.value == {
        "errorType": "Runtime.OutOfMemory",
        "errorMessage": f"RequestId: {greedy.request_id}"
        " Error: Runtime exited with error: signal: killed",
    }
    assert "\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t" in greedy.report
    assert not psutil.pid_exists(process)
    assert function.invoke(20).error is None


def test_a_response_over_6_mb_is_refused(functions: Functions) -> None:
    function = functions.make("def handler(event, context): return 'x' * event")

    largest = function.invoke(RESPONSE_LIMIT - 2)
    larger = function.invoke(RESPONSE_LIMIT - 1)

    assert len(largest.value) == RESPONSE_LIMIT - 2
    assert larger.error == "Unhandled"
    assert larger.value == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size"
        " (6291556 bytes).",
    }


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
def test_an_event_over_the_limit_is_refused(functions: Functions, kind: Any) -> None:
    function = functions.make("def handler(event, context): return len(event)")
    limit = REQUEST_LIMITS[kind]

    def send(size: int) -> int:
        payload = f'"{"x" * (size - 2)}"'
        return functions.client.invoke(
            FunctionName=function.name, Payload=payload, InvocationType=kind
        )["StatusCode"]

    assert send(limit) == (200 if kind == "RequestResponse" else 202)
    with pytest.raises(functions.client.exceptions.RequestTooLargeException) as refusal:
        send(limit + 1)
    assert f"{limit + 1} byte payload is too large" in str(refusal.value)
