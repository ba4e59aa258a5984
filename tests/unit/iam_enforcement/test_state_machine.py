"""What CreateStateMachine finds wrong with transitions."""

from typing import Any

from mailroom_rules.states import diagnose, refusal_message


def test_a_target_that_is_no_state_and_a_state_without_way_to_it_are_named_as_aws_does() -> None:
    machine = {
        "StartAt": "pass1",
        "States": {
            "pass1": {"Type": "Pass", "Next": "pass3"},
            "pass2": {"Type": "Pass", "End": True},
        },
    }

    # https://github.com/localstack/localstack/issues/11978
    assert refusal_message(diagnose(machine)) == (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target:"
        ' pass3 at /States/pass1/Next, MISSING_TRANSITION_TARGET: State "pass2" is not'
        " reachable. at /States/pass2'"
    )


def test_a_start_that_is_no_state() -> None:
    # https://github.com/aws-cloudformation/cfn-lint/issues/4074
    assert places({"StartAt": "x", "States": {"A": {"Type": "Succeed"}}}) == [
        "/StartAt",
        "/States/A",
    ]


def test_targets_are_found_wherever_they_stand() -> None:
    choice = {"Type": "Choice", "Choices": [{"Next": "x"}, {"Next": "T"}], "Default": "y"}
    task = {"Type": "Task", "Catch": [{"Next": "z"}], "End": True}

    assert places({"StartAt": "C", "States": {"C": choice, "T": task}}) == [
        "/States/C/Default",
        "/States/C/Choices[0]/Next",
        "/States/T/Catch[0]/Next",
    ]


def test_a_loop_has_no_end() -> None:
    machine = {
        "StartAt": "A",
        "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}},
    }

    # https://github.com/floci-io/floci/issues/2735
    assert refusal_message(diagnose(machine)) == (
        "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state"
        " at null'"
    )


def test_the_machines_inside_a_machine_are_looked_at_too() -> None:
    inner = {"StartAt": "I", "States": {"I": {"Type": "Pass", "Next": "x"}, "E": END}}
    outer = {
        "StartAt": "P",
        "States": {
            "P": {"Type": "Parallel", "Branches": [SOUND, inner], "Next": "M"},
            "M": {"Type": "Map", "ItemProcessor": inner, "End": True},
        },
    }

    assert places(outer) == [
        "/States/P/Branches[1]/States/I/Next",
        "/States/P/Branches[1]/States/E",
        "/States/M/ItemProcessor/States/I/Next",
        "/States/M/ItemProcessor/States/E",
    ]


def test_a_sound_definition_passes() -> None:
    assert diagnose(SOUND) == []


def places(machine: dict[str, Any]) -> list[str | None]:
    return [one.location for one in diagnose(machine)]


END = {"Type": "Succeed"}
SOUND = {"StartAt": "E", "States": {"E": END}}
