"""Step Functions: states, errors and data, without functions."""

from typing import Any

import pytest

from tests.parity.made.machines import Machines, State, passing

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"


def branch(**states: State) -> dict[str, Any]:
    """A branch that starts at the first of its states."""
    return {"StartAt": next(iter(states)), "States": states}


def failing(error: str, cause: str = "because") -> State:
    """A state that fails."""
    return {"Type": "Fail", "Error": error, "Cause": cause}


@pytest.mark.behaviour(f"{GUIDE}/state-parallel.html")
def test_parallel_gives_the_results_of_its_branches_in_their_order(machines: Machines) -> None:
    late = {"Type": "Wait", "Seconds": 1, "Next": "Last"}
    states: dict[str, State] = {
        "Both": {
            "Type": "Parallel",
            "Branches": [branch(Late=late, Last=passing("a")), branch(Early=passing("b"))],
            "ResultPath": "$.processed",
            "End": True,
        }
    }

    ended = machines.run(states, {"batchId": "1"})

    assert ended.output == {"batchId": "1", "processed": ["a", "b"]}


@pytest.mark.behaviour(f"{GUIDE}/state-parallel.html")
def test_a_branch_that_fails_fails_the_parallel_state_which_catches_its_error_by_name(
    machines: Machines,
) -> None:
    waiting = {"Type": "Wait", "Seconds": 600, "End": True}
    states: dict[str, State] = {
        "Both": {
            "Type": "Parallel",
            "Branches": [branch(Fails=failing("BatchNotSettled", "late")), branch(Waits=waiting)],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
            "End": True,
        },
        "Failed": {"Type": "Fail", "ErrorPath": "$.Error", "CausePath": "$.Cause"},
    }

    ended = machines.run(states)

    assert (ended.status, ended.error, ended.cause) == ("FAILED", "BatchNotSettled", "late")


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_an_error_is_tried_again_as_often_as_its_retrier_says_and_then_caught(
    machines: Machines,
) -> None:
    states: dict[str, State] = {
        "Tries": {
            "Type": "Parallel",
            "Branches": [branch(Fails=failing("Transient"))],
            "Retry": [
                {"ErrorEquals": ["Other"], "MaxAttempts": 9},
                {"ErrorEquals": ["Transient"], "IntervalSeconds": 1, "MaxAttempts": 1},
            ],
            "Catch": [{"ErrorEquals": ["Transient"], "ResultPath": "$.error", "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Pass", "End": True},
    }
    machine = machines.make(states)

    execution = machine.start({"batchId": "1"})
    ended = machine.ended(execution)

    history = machine.steps.get_execution_history(executionArn=execution, maxResults=1000)
    entered = [
        one["stateEnteredEventDetails"]["name"]
        for one in history["events"]
        if "stateEnteredEventDetails" in one
    ]
    assert ended.output["batchId"] == "1"
    assert ended.output["error"]["Error"] == "Transient"
    assert entered.count("Fails") == 2


@pytest.mark.behaviour(f"{GUIDE}/state-choice.html")
def test_choice_takes_the_first_rule_that_matches_and_its_default_else(machines: Machines) -> None:
    def rule(status: str, target: str) -> State:
        return {"Variable": "$.status", "StringEquals": status, "Next": target}

    machine = machines.make(
        {
            "Settled?": {
                "Type": "Choice",
                "Choices": [rule("settled", "Settled"), rule("late", "Late")],
                "Default": "Other",
            },
            "Settled": passing("settled"),
            "Late": passing("late"),
            "Other": passing("default"),
        }
    )

    outputs = [machine.run({"status": one}).output for one in ("late", "settled", "open")]

    assert outputs == ["late", "settled", "default"]


@pytest.mark.behaviour(f"{GUIDE}/input-output-inputpath-params.html")
def test_parameters_are_made_of_the_input_of_results_and_of_constants(machines: Machines) -> None:
    parameters = {
        "batchId.$": "$.batchId",
        "notification.$": "$.processed[0]",
        "all.$": "$",
        "type": "alert",
    }
    given = {"batchId": "1", "processed": [{"ingested": 2}]}

    ended = machines.run({"Makes": {"Type": "Pass", "Parameters": parameters, "End": True}}, given)

    made = {"batchId": "1", "notification": {"ingested": 2}, "all": given, "type": "alert"}
    assert ended.output == made


@pytest.mark.behaviour(f"{GUIDE}/amazon-states-language-paths.html")
def test_a_path_that_leads_nowhere_fails_by_its_name(machines: Machines) -> None:
    states = {"Lost": {"Type": "Pass", "Parameters": {"a.$": "$.missing"}, "End": True}}

    ended = machines.run(states, {})

    assert ended.error in ("States.ParameterPathFailure", "States.Runtime")
    assert ended.status == "FAILED"


@pytest.mark.behaviour(f"{GUIDE}/concepts-error-handling.html")
def test_an_input_path_that_leads_nowhere_fails_the_execution_uncaught_by_states_all(
    machines: Machines,
) -> None:
    states: dict[str, State] = {
        "Lost": {
            "Type": "Parallel",
            "InputPath": "$.missing",
            "Branches": [branch(Passes=passing(1))],
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "End": True,
        },
        "Caught": {"Type": "Succeed"},
    }

    ended = machines.run(states, {})

    assert (ended.status, ended.error) == ("FAILED", "States.Runtime")


@pytest.mark.behaviour(f"{GUIDE}/state-fail.html")
def test_the_cause_of_a_fail_state_is_formatted_from_its_input(machines: Machines) -> None:
    cause = "States.Format('Batch {} published {} and {} settled.', $.batchId, $.sent, $.settled)"
    states = {"Late": {"Type": "Fail", "Error": "BatchNotSettled", "CausePath": cause}}

    ended = machines.run(states, {"batchId": "1", "sent": 3, "settled": 2})

    assert ended.cause == "Batch 1 published 3 and 2 settled."
