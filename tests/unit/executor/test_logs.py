"""What a function writes is in the log of the invocation that it belongs to, in order."""

import re

import pytest
from mailroom_localstack.executor import log_lines

from .conftest import MakeFunction


def test_the_log_has_lambdas_lines_around_the_functions_own(make_function: MakeFunction) -> None:
    function = make_function(
        """
        import sys

        print("init")

        def handler(event, context):
            print("out", event)
            print("err", event, file=sys.stderr)
            print("out again", event)
        """,
        version="7",
    )

    first, second = function.invoke(1), function.invoke(2)

    assert first.lines[0] == "init"
    assert first.lines[1] == f"START RequestId: {first.request_id} Version: 7"
    assert first.lines[2:5] == ["out 1", "err 1", "out again 1"]
    assert first.lines[5] == f"END RequestId: {first.request_id}"
    assert second.lines[1:4] == ["out 2", "err 2", "out again 2"]


def test_the_report_counts_init_once_and_bills_it(make_function: MakeFunction) -> None:
    function = make_function("def handler(event, context): ...")

    first, second = function.invoke(), function.invoke()

    numbers = re.fullmatch(
        rf"REPORT RequestId: {first.request_id}\tDuration: ([\d.]+) ms\tBilled Duration: (\d+) ms"
        r"\tMemory Size: 256 MB\tMax Memory Used: (\d+) MB\tInit Duration: ([\d.]+) ms\t",
        first.report,
    )
    assert numbers is not None
    duration, billed, used, init = map(float, numbers.groups())
    # Both are rounded to a hundredth, after their sum has been rounded up.
    assert billed - 1.02 < duration + init < billed + 0.02
    assert used > 5
    assert "Init Duration" not in second.report


def test_a_traceback_is_one_event(make_function: MakeFunction) -> None:
    function = make_function("""
        def handler(event, context):
            print("before")
            raise ValueError("wrong")
    """)

    events = function.invoke().log.events

    (traceback,) = [event.message for event in events if "Traceback" in event.message]
    assert traceback.startswith("[ERROR] ValueError: wrong\nTraceback")
    assert 'raise ValueError("wrong")' in traceback
    assert [event.timestamp for event in events] == sorted(event.timestamp for event in events)


def test_the_last_line_before_a_crash_is_kept_even_without_its_end(
    make_function: MakeFunction,
) -> None:
    function = make_function("""
        import os

        def handler(event, context):
            os.write(1, b"cut off")
            os._exit(1)
    """)

    assert "cut off" in function.invoke().lines


def test_more_output_than_a_pipe_holds_does_not_block(make_function: MakeFunction) -> None:
    function = make_function("""
        def handler(event, context):
            for number in range(event):
                print(number, "x" * 100)
    """)

    result = function.invoke(20_000)

    assert [int(line.split()[0]) for line in result.lines[1:-2]] == list(range(20_000))


def test_what_is_not_utf8_is_shown_as_far_as_it_goes(make_function: MakeFunction) -> None:
    function = make_function("""
        import os

        def handler(event, context):
            os.write(1, b"caf\\xc3\\xa9 \\xff\\n")
    """)

    assert "café �" in function.invoke().lines


def test_logging_carries_the_request(make_function: MakeFunction) -> None:
    function = make_function("""
        import logging

        def handler(event, context):
            logging.getLogger().warning("careful")
    """)

    result = function.invoke()

    assert any(
        line.startswith("[WARNING]\t") and line.endswith(f"\t{result.request_id}\tcareful")
        for line in result.lines
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (0, "Runtime exited without providing a reason"),
        (2, "Runtime exited with error: exit status 2"),
        (-6, "Runtime exited with error: signal: aborted"),
        (-9, "Runtime exited with error: signal: killed"),
        (-15, "Runtime exited with error: signal: terminated"),
    ],
)
def test_an_exit_status_is_told_in_lambdas_words(status: int, reason: str) -> None:
    assert log_lines.exited("r", status).message == f"RequestId: r Error: {reason}"


def test_memory_used_is_never_told_to_exceed_the_limit() -> None:
    line = log_lines.report_line("r", duration_ms=1.2, memory_mb=128, used_mb=131)

    assert "\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 128 MB\t" in line
