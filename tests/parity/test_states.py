"""Step Functions: what states see, and how they decide."""

import re
from typing import Any

import pytest

from tests.parity.made.machines import Machines, State, passing

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
API = "https://docs.aws.amazon.com/step-functions/latest/apireference"


def choosing(**rule: Any) -> dict[str, State]:
    return {
        "Choose": {"Type": "Choice", "Choices": [{"Variable": "$", "Next": "Yes", **rule}]},
        "Yes": passing("yes"),
    }


@pytest.mark.behaviour(f"{GUIDE}/state-choice.html")
def test_a_choice_of_which_no_rule_matches_has_an_error_of_its_own(machines: Machines) -> None:
    ended = machines.run(choosing(StringEquals="a"), "b")

    assert (ended.status, ended.error) == ("FAILED", "States.NoChoiceMatched")


@pytest.mark.behaviour(f"{GUIDE}/state-choice.html")
@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("log-*.txt", "log-1.txt", True),
        ("log-*.txt", "log-1.pdf", False),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\\b", r"a\b", True),
        ("a?b", "axb", False),
        ("[a]", "[a]", True),
    ],
)
def test_a_pattern_of_a_choice_has_asterisks_and_escapes(
    machines: Machines, pattern: str, text: str, matches: bool
) -> None:
    ended = machines.run(choosing(StringMatches=pattern), text)

    assert (ended.status == "SUCCEEDED") == matches


@pytest.mark.behaviour(f"{GUIDE}/input-output-contextobject.html")
def test_the_context_object_tells_times_and_redrives(machines: Machines) -> None:
    told = {
        "entered.$": "$$.State.EnteredTime",
        "started.$": "$$.Execution.StartTime",
        "redrives.$": "$$.Execution.RedriveCount",
    }

    output = machines.run({"Only": {"Type": "Pass", "Parameters": told, "End": True}}).output

    for name in ("entered", "started"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", output[name])
    assert output["redrives"] == 0


@pytest.mark.behaviour(f"{GUIDE}/state-wait.html")
@pytest.mark.parametrize(
    "timestamp",
    ["2016-03-14T01:59:00Z", "2016-03-14T01:59:00.5+00:00", "2016-03-14T01:59:00-05:00"],
)
def test_a_state_waits_until_a_time_with_an_offset(machines: Machines, timestamp: str) -> None:
    states = {"Only": {"Type": "Wait", "TimestampPath": "$", "End": True}}

    assert machines.run(states, timestamp).status == "SUCCEEDED"
    constant = {"Only": {"Type": "Wait", "Timestamp": timestamp, "End": True}}
    assert machines.run(constant).status == "SUCCEEDED"


@pytest.mark.behaviour(f"{API}/API_GetExecutionHistory.html")
def test_a_history_has_pages_and_may_have_no_data(machines: Machines) -> None:
    machine = machines.make({"Only": passing("secret")})
    execution = machine.start({"a": 1})
    machine.ended(execution)
    steps = machine.steps

    first = steps.get_execution_history(executionArn=execution, maxResults=1)
    second = steps.get_execution_history(
        executionArn=execution, maxResults=100, nextToken=first["nextToken"]
    )
    bare = steps.get_execution_history(executionArn=execution, includeExecutionData=False)

    kinds = [event["type"] for event in [*first["events"], *second["events"]]]
    assert kinds == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert "nextToken" not in second
    assert "input" in first["events"][0]["executionStartedEventDetails"]
    assert "input" not in bare["events"][0]["executionStartedEventDetails"]
    assert "output" not in bare["events"][-1]["executionSucceededEventDetails"]


@pytest.mark.behaviour(f"{GUIDE}/state-fail.html")
def test_a_caught_error_is_passed_on_by_its_own_name(machines: Machines) -> None:
    states: dict[str, State] = {
        "Makes": {
            "Type": "Pass",
            "Result": {"Error": "States.Timeout", "Cause": "late"},
            "Next": "Failed",
        },
        "Failed": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"},
    }

    ended = machines.run(states)

    assert (ended.status, ended.error, ended.cause) == ("FAILED", "States.Timeout", "late")
