"""Lambda: what an invocation comes to."""

import re

import pytest

from tests.parity.endpoint import code_of
from tests.parity.made.functions import Functions
from tests.support.functions import Function

GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"
API = "https://docs.aws.amazon.com/lambda/latest/api"


@pytest.mark.behaviour(f"{GUIDE}/python-exceptions.html")
def test_an_exception_is_told_by_its_class_its_message_and_its_trace(probe: Function) -> None:
    result = probe.invoke({"do": "raise"})

    assert result.error == "Unhandled"
    assert result.value["errorType"] == "QueueIsMissing"
    assert result.value["errorMessage"] == "no such queue"
    assert 'raise QueueIsMissing("no such queue")' in "".join(result.value["stackTrace"])


@pytest.mark.behaviour(f"{GUIDE}/configuration-timeout.html")
def test_an_invocation_over_its_time_is_ended_and_the_next_one_starts_anew(
    functions: Functions,
) -> None:
    function = functions.make(
        """
        import os, time

        def handler(event, context):
            time.sleep(event or 0)
            return os.getpid()
        """,
        Timeout=1,
    )
    before = function.invoke().value

    late = function.invoke(60)

    assert late.error == "Unhandled"
    assert late.value["errorType"] == "Sandbox.Timedout"
    assert late.value["errorMessage"].endswith("Task timed out after 1.00 seconds")
    assert function.invoke().value not in (None, before)


@pytest.mark.behaviour(f"{GUIDE}/lambda-runtime-environment.html")
def test_a_process_that_exits_is_told_by_its_status_and_the_next_invocation_works(
    probe: Function,
) -> None:
    result = probe.invoke({"do": "exit"})

    assert result.error == "Unhandled"
    assert result.value["errorType"] == "Runtime.ExitError"
    assert result.value["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert probe.invoke({"do": "process"}).error is None


@pytest.mark.behaviour(f"{GUIDE}/configuration-memory.html")
def test_an_invocation_over_its_memory_is_ended_and_the_next_one_works(
    functions: Functions,
) -> None:
    function = functions.make(
        "def handler(event, context): return len(bytearray(event << 20))", MemorySize=128
    )

    greedy = function.invoke(400)

    assert greedy.error == "Unhandled"
    assert function.invoke(1).value == 1 << 20


@pytest.mark.behaviour(f"{GUIDE}/gettingstarted-limits.html")
def test_a_response_has_6_mb_at_most(probe: Function) -> None:
    largest, larger = 6 * 1024 * 1024 - 2, 6 * 1024 * 1024 + 1000

    assert len(probe.invoke({"do": "return", "size": largest}).value) == largest
    refused = probe.invoke({"do": "return", "size": larger})

    assert refused.error == "Unhandled"
    assert refused.value["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.behaviour(f"{GUIDE}/gettingstarted-limits.html")
def test_a_request_has_6_mb_at_most(functions: Functions, probe: Function) -> None:
    payload = b'"%s"' % (b"x" * (6 * 1024 * 1024))

    code = code_of(lambda: functions.client.invoke(FunctionName=probe.name, Payload=payload))

    assert code == "RequestTooLargeException"


@pytest.mark.behaviour(f"{GUIDE}/python-logging.html")
def test_the_end_of_the_log_comes_with_the_answer_its_last_4_kb(probe: Function) -> None:
    short = probe.invoke({"do": "print"})
    long = probe.invoke({"do": "print", "size": 8000})

    assert short.log[0].startswith(f"START RequestId: {short.value} Version: $LATEST")
    assert short.log[1].strip() == "printed"
    assert short.log[2].startswith(f"END RequestId: {short.value}")
    pattern = rf"REPORT RequestId: {short.value}\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms"
    assert re.match(pattern, short.report)
    assert 3000 < len("\n".join(long.log).encode()) <= 4096


@pytest.mark.behaviour(f"{GUIDE}/configuration-function-zip.html")
def test_new_code_runs_at_the_next_invocation(functions: Functions) -> None:
    function = functions.make("def handler(event, context): return 'old'")
    assert function.invoke().value == "old"

    function.update_code("def handler(event, context): return 'new'")

    assert function.invoke().value == "new"


@pytest.mark.behaviour(f"{API}/API_Invoke.html")
def test_a_function_that_is_not_there_is_told_by_its_error(functions: Functions) -> None:
    code = code_of(lambda: functions.client.invoke(FunctionName="mailroom-parity-missing"))

    assert code == "ResourceNotFoundException"
