"""Time-outs of init and invocation, which end the process."""

import re
from collections.abc import Callable

from .conftest import MakeFunction

SLEEPS = """
    import os, time

    def handler(event, context):
        time.sleep(event or 0)
        return os.getpid()
"""


def test_an_invocation_over_its_time_is_ended_and_reported_as_lambda_does(
    make_function: MakeFunction,
) -> None:
    function = make_function(SLEEPS, timeout_seconds=0.5)
    function.invoke()

    result = function.invoke(30)

    assert result.is_error
    assert result.value == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {result.request_id} Error: Task timed out after 0.50 seconds",
    }
    assert result.lines[-3].endswith(f"Z {result.request_id} Task timed out after 0.50 seconds")
    assert "\tDuration: 500.00 ms\tBilled Duration: 500 ms\t" in result.report
    assert result.report.rstrip().endswith("\tStatus: timeout")
    assert result.seconds < 2


def test_after_a_time_out_the_old_process_is_gone_and_the_next_invocation_gets_a_new_one(
    make_function: MakeFunction, is_alive: Callable[[int], bool]
) -> None:
    function = make_function(SLEEPS, timeout_seconds=1)
    first = function.invoke().value
    function.invoke(30)

    second = function.invoke().value

    assert second != first
    assert not is_alive(first)


def test_an_init_over_its_time_is_tried_again_within_the_functions_time(
    make_function: MakeFunction,
) -> None:
    function = make_function(
        """
        import pathlib, time

        tried = pathlib.Path(__file__).with_name("tried")
        if not tried.exists():
            tried.touch()
            time.sleep(30)

        def handler(event, context):
            return "healed"
        """,
        init_timeout_seconds=0.5,
    )

    result = function.invoke()

    assert result.value == "healed"
    assert result.lines[0].startswith("INIT_REPORT Init Duration: 5")
    assert result.lines[0].rstrip().endswith("\tPhase: init\tStatus: timeout")
    assert result.lines[1].startswith("START ")
    assert "Init Duration" not in result.report


def test_an_init_that_never_ends_is_ended_by_the_functions_time_out(
    make_function: MakeFunction,
) -> None:
    function = make_function(
        "import time; time.sleep(30)", init_timeout_seconds=0.3, timeout_seconds=0.4
    )

    result = function.invoke()

    assert result.value["errorType"] == "Sandbox.Timedout"
    assert "after 0.40 seconds" in result.value["errorMessage"]
    assert result.seconds < 3


def test_init_has_its_own_time_beside_the_functions(make_function: MakeFunction) -> None:
    function = make_function(
        "import time; time.sleep(0.8)\ndef handler(event, context): return 'ready'",
        timeout_seconds=0.5,
    )

    result = function.invoke()

    assert result.value == "ready"
    init = re.search(r"\tInit Duration: (\d+\.\d+) ms", result.report)
    assert init
    assert float(init[1]) > 800
