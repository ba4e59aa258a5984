"""Errors, exits and crashes are reported as Lambda reports them."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from .conftest import Eventually, MakeFunction


def test_an_exception_is_told_with_class_message_and_trace(make_function: MakeFunction) -> None:
    function = make_function("""
        class QueueIsMissing(Exception): ...

        def handler(event, context):
            raise QueueIsMissing("no such queue")
    """)

    result = function.invoke()

    assert result.is_error
    assert result.value["errorType"] == "QueueIsMissing"
    assert result.value["errorMessage"] == "no such queue"
    assert result.value["requestId"] == result.request_id
    assert "in handler" in result.value["stackTrace"][0]
    assert "[ERROR] QueueIsMissing: no such queue" in result.lines
    assert "Status" not in result.report


def test_after_an_exception_the_same_process_goes_on(make_function: MakeFunction) -> None:
    function = make_function("""
        import os

        def handler(event, context):
            if event: raise ValueError
            return os.getpid()
    """)
    before = function.invoke().value
    function.invoke("fail")

    assert function.invoke().value == before


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("sys.exit(1)", "Runtime exited with error: exit status 1"),
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_an_exit_in_an_invocation_is_told_with_its_status(
    make_function: MakeFunction, statement: str, reason: str
) -> None:
    function = make_function(f"""
        import os, sys

        def handler(event, context):
            if event:
                print("last words")
                {statement}
            return "anew"
    """)

    result = function.invoke("exit")

    assert result.value == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {result.request_id} Error: {reason}",
    }
    assert result.lines[1:4] == [
        "last words",
        f"RequestId: {result.request_id} Error: {reason}",
        "Runtime.ExitError",
    ]
    assert result.report.rstrip().endswith("\tStatus: error\tError Type: Runtime.ExitError")
    assert function.invoke().value == "anew"


def test_an_exit_in_the_init_is_told_after_a_second_try(make_function: MakeFunction) -> None:
    function = make_function("import sys; print('initialising'); sys.exit(4)")

    result = function.invoke()

    assert result.value == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {result.request_id}"
        " Error: Runtime exited with error: exit status 4",
    }
    assert result.lines.count("initialising") == 2
    reports = [line for line in result.lines if line.startswith("INIT_REPORT")]
    assert [line.split("\t")[1] for line in reports] == ["Phase: init", "Phase: invoke"]
    assert all("Error Type: Runtime.ExitError" in line for line in reports)


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        (
            "import nothing_of_the_kind",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'nothing_of_the_kind'",
        ),
        ("x = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'app'"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app'"),
        ("raise KeyError('TOPIC_ARN')", "KeyError", "'TOPIC_ARN'"),
    ],
)
def test_code_that_does_not_load_is_told_by_its_own_error(
    make_function: MakeFunction, source: str, error_type: str, message: str
) -> None:
    result = make_function(source).invoke()

    assert result.is_error
    assert result.value["errorType"] == error_type
    assert message in result.value["errorMessage"]
    assert any(line.startswith(f"[ERROR] {error_type}: ") for line in result.lines)


def test_a_handler_of_no_module_is_told(make_function: MakeFunction) -> None:
    result = make_function("", handler="handler").invoke()

    assert result.value["errorType"] == "Runtime.MalformedHandlerName"


def test_what_cannot_be_json_is_told(make_function: MakeFunction) -> None:
    result = make_function("def handler(event, context): return {1, 2}").invoke()

    assert result.value["errorType"] == "Runtime.MarshalError"


def test_a_process_that_ended_between_two_invocations_is_replaced(
    make_function: MakeFunction, is_alive: Callable[[int], bool], eventually: Eventually
) -> None:
    function = make_function("import os\ndef handler(event, context): return os.getpid()")
    first = function.invoke().value
    os.kill(first, signal.SIGKILL)
    eventually(lambda: not is_alive(first), "the process has ended")

    result = function.invoke()

    assert not result.is_error
    assert result.value != first


def test_a_process_that_ends_without_asking_for_the_next_event_is_replaced(
    make_function: MakeFunction, task_root: Path, eventually: Eventually
) -> None:
    function = make_function("""
        import os, pathlib, time
        import runtime_client

        go = pathlib.Path(__file__).with_name("go")

        def leave():
            while not go.exists():
                time.sleep(0.001)
            os._exit(1)

        def handler(event, context):
            if event == "leave":
                runtime_client.next = leave
            return os.getpid()
    """)
    first = function.invoke("leave").value
    eventually(lambda: psutil.Process(first).status() == psutil.STATUS_STOPPED, "it is frozen")
    (task_root / "go").touch()

    result = function.invoke()

    assert not result.is_error
    assert result.value != first


def test_a_response_over_the_limit_is_refused(make_function: MakeFunction) -> None:
    function = make_function("def handler(event, context): return 'x' * event")

    largest = function.invoke(6_291_556 - 2)
    too_large = function.invoke(6_291_556 - 1)

    assert not largest.is_error
    assert too_large.value == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size"
        " (6291556 bytes).",
    }
    assert "RuntimeError: Failed to post invocation response" in too_large.lines
    assert function.invoke(1).value == "x"


def test_an_event_of_6_mb_arrives_whole(make_function: MakeFunction) -> None:
    function = make_function("def handler(event, context): return len(event)")

    assert function.invoke("x" * 6_000_000).value == 6_000_000


def test_an_environment_reports_a_failed_init_to_who_waits_for_it(
    make_function: MakeFunction,
) -> None:
    broken = make_function("import nothing_of_the_kind").environment.initialize()
    good = make_function("def handler(event, context): ...").environment.initialize()

    assert broken is not None
    assert broken.error_type == "Runtime.ImportModuleError"
    assert good is None
