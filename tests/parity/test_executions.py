"""Step Functions: executions, their data and its limits, and definitions that are refused."""

import pytest

from tests.parity.endpoint import code_of
from tests.parity.made import new_name
from tests.parity.made.machines import Machines, passing

GUIDE = "https://docs.aws.amazon.com/step-functions/latest/dg"
API = "https://docs.aws.amazon.com/step-functions/latest/apireference"
LARGEST = 256 * 1024


@pytest.mark.behaviour(f"{GUIDE}/input-output-contextobject.html")
def test_the_context_object_has_the_name_and_the_start_of_the_execution(machines: Machines) -> None:
    parameters = {"name.$": "$$.Execution.Name", "startedAt.$": "$$.Execution.StartTime"}
    machine = machines.make({"Looks": {"Type": "Pass", "Parameters": parameters, "End": True}})
    name = new_name()

    ended = machine.ended(machine.start(name=name))

    assert ended.output["name"] == name
    assert len(ended.output["startedAt"]) == len("2026-11-25T08:00:00.000Z")


@pytest.mark.behaviour(f"{GUIDE}/service-quotas.html")
def test_a_state_of_more_than_256_kb_fails_by_its_name(machines: Machines) -> None:
    double = {"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}, "End": True}
    machine = machines.make({"Doubles": double})

    assert machine.run("x" * (LARGEST // 2 - 100)).status == "SUCCEEDED"
    assert machine.run("x" * (LARGEST // 2)).error == "States.DataLimitExceeded"


@pytest.mark.behaviour(f"{API}/API_StartExecution.html")
def test_an_input_of_more_than_256_kb_is_refused(machines: Machines) -> None:
    machine = machines.make({"Passes": passing(1)})

    assert code_of(lambda: machine.start("x" * LARGEST))


@pytest.mark.behaviour(f"{API}/API_StartExecution.html")
def test_a_name_starts_one_execution_while_it_runs_and_is_refused_when_it_has_ended(
    machines: Machines,
) -> None:
    rest = {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}
    machine = machines.make({"Rests": rest})
    running, over = new_name(), new_name()
    machine.ended(machine.start({"seconds": 0}, over))
    first = machine.start({"seconds": 60}, running)

    again = machine.start({"seconds": 60}, running)
    codes = [
        code_of(lambda: machine.start({"seconds": 61}, running)),
        code_of(lambda: machine.start({"seconds": 0}, over)),
    ]

    machine.steps.stop_execution(executionArn=first)
    assert again == first
    assert codes == ["ExecutionAlreadyExists"] * 2


@pytest.mark.behaviour(f"{API}/API_CreateStateMachine.html")
def test_a_definition_with_a_transition_to_nowhere_is_refused(machines: Machines) -> None:
    states = {"Lost": {"Type": "Pass", "Next": "Nowhere"}, "End": passing(1)}

    assert code_of(lambda: machines.make(states)) == "InvalidDefinition"


@pytest.mark.behaviour(f"{API}/API_ValidateStateMachineDefinition.html")
def test_a_definition_with_a_transition_to_nowhere_is_not_valid(machines: Machines) -> None:
    definition = '{"StartAt": "Lost", "States": {"Lost": {"Type": "Pass", "Next": "Nowhere"}}}'

    answer = machines.steps.validate_state_machine_definition(definition=definition)

    assert answer["result"] == "FAIL"
    assert answer["diagnostics"]


@pytest.mark.behaviour(f"{API}/API_UpdateStateMachine.html")
def test_an_execution_that_runs_keeps_the_definition_that_it_was_started_with(
    machines: Machines,
) -> None:
    states = {"Rests": {"Type": "Wait", "Seconds": 1, "Next": "Says"}, "Says": passing("old")}
    machine = machines.make(states)
    execution = machine.start()

    machine.update({"Says": passing("new")})

    assert machine.ended(execution).output == "old"
