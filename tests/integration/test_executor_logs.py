"""What a function writes, and what Lambda says of each invocation, is in its log."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from mailroom.environments.environment import Environment
from tests.support.flow import until
from tests.support.functions import Functions
from tests.support.metrics import statistics

TALKS = """
    import logging, sys

    def handler(event, context):
        print("to standard output")
        print("to standard error", file=sys.stderr)
        logging.warning("to the log")
        return context.log_group_name
"""
REPORT = (
    r"REPORT RequestId: {}\tDuration: (\d+\.\d\d) ms\tBilled Duration: (\d+) ms"
    r"\tMemory Size: 256 MB\tMax Memory Used: (\d+) MB"
)


@pytest.fixture
def group(environment: Environment) -> Iterator[str]:
    """Name of a log group; it is deleted if it is there at the end."""
    logs: Any = environment.session.client("logs")
    name = f"/tests/{uuid.uuid4()}"
    yield name
    for found in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]:
        logs.delete_log_group(logGroupName=found["logGroupName"])


def messages(environment: Environment, group: str) -> list[str]:
    """What is in a log group; nothing when there is none."""
    logs: Any = environment.session.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        return []
    events = logs.filter_log_events(logGroupName=group)["events"]
    return [event["message"].rstrip() for event in events]


def test_the_tail_of_the_log_comes_with_the_answer(functions: Functions) -> None:
    result = functions.make(TALKS).invoke()

    start, output, error, warning, end, report = result.log
    assert start == f"START RequestId: {result.request_id} Version: $LATEST"
    assert (output, error) == ("to standard output", "to standard error")
    assert re.fullmatch(rf"\[WARNING\]\t\S+Z\t{result.request_id}\tto the log", warning)
    assert end == f"END RequestId: {result.request_id}"
    measured = re.match(REPORT.format(result.request_id), report)
    assert measured
    assert float(measured[1]) <= int(measured[2])
    assert 10 < int(measured[3]) < 256


def test_only_a_cold_start_reports_its_init(functions: Functions) -> None:
    function = functions.make(TALKS)

    cold, warm = function.invoke(), function.invoke()

    init = re.search(r"\tInit Duration: (\d+\.\d\d) ms", cold.report)
    billed = re.search(r"\tBilled Duration: (\d+) ms", cold.report)
    assert init
    assert billed
    assert int(billed[1]) >= float(init[1])
    assert "Init Duration" not in warm.report


def test_the_tail_holds_at_most_4_kb(functions: Functions) -> None:
    result = functions.make("""
        def handler(event, context):
            for number in range(1000):
                print("line", number)
    """).invoke()

    assert len("\n".join(result.log)) <= 4096
    assert "line 999" in result.log
    assert result.report.startswith("REPORT ")


def test_the_whole_log_is_in_the_configured_log_group(
    environment: Environment, functions: Functions, group: str
) -> None:
    function = functions.make(TALKS, LoggingConfig={"LogGroup": group})

    result = function.invoke()

    until(lambda: len(messages(environment, group)) >= 6, f"six events in {group}")
    assert messages(environment, group) == [line.rstrip() for line in result.log]
    assert result.value == group
    assert messages(environment, f"/aws/lambda/{function.name}") == []


def test_without_one_the_log_group_has_the_functions_name(
    environment: Environment, functions: Functions
) -> None:
    function = functions.make(TALKS)

    result = function.invoke()

    assert result.value == f"/aws/lambda/{function.name}"
    until(
        lambda: "to standard output" in messages(environment, str(result.value)),
        "the function's log",
    )


def test_an_error_keeps_its_trace_in_one_event(
    environment: Environment, functions: Functions, group: str
) -> None:
    function = functions.make(
        "def handler(event, context): raise ValueError('broken')", LoggingConfig={"LogGroup": group}
    )

    function.invoke()

    until(lambda: len(messages(environment, group)) >= 4, f"four events in {group}")
    [event] = [text for text in messages(environment, group) if "broken" in text]
    assert event.startswith("[ERROR] ValueError: broken\nTraceback (most recent call last):")


def test_invocations_and_errors_are_counted(environment: Environment, functions: Functions) -> None:
    function = functions.make("def handler(event, context): return 1 / event")

    function.invoke(1)
    function.invoke(0)

    cloudwatch = environment.session.client("cloudwatch")

    def total(metric: str) -> float:
        named = {"FunctionName": function.name}
        return sum(statistics(cloudwatch, "AWS/Lambda", metric, "Sum", **named))

    until(lambda: (total("Invocations"), total("Errors")) == (2, 1), "both metrics")
