"""Step Functions: names that it refuses."""

import pytest

from tests.parity.endpoint import Endpoint, code_of
from tests.parity.made import new_name
from tests.parity.made.machines import Machines, passing

API = "https://docs.aws.amazon.com/step-functions/latest/apireference"


@pytest.mark.behaviour(f"{API}/API_StartExecution.html")
@pytest.mark.parametrize("name", ["a b", "a?", "a:b", 'a"', "a/b", "a\x01"])
def test_a_name_of_an_execution_with_special_characters_is_refused(
    machines: Machines, name: str
) -> None:
    machine = machines.make({"Only": passing(1)})

    assert code_of(lambda: machine.start(name=name)) == "InvalidName"


@pytest.mark.behaviour(f"{API}/API_StartExecution.html")
def test_a_name_of_an_execution_of_more_than_80_characters_is_refused(machines: Machines) -> None:
    machine = machines.make({"Only": passing(1)})

    assert code_of(lambda: machine.start(name="a" * 81)) == "ValidationException"


@pytest.mark.behaviour(f"{API}/API_CreateStateMachine.html")
def test_a_name_of_a_state_machine_with_special_characters_is_refused(machines: Machines) -> None:
    definition = '{"StartAt": "Only", "States": {"Only": {"Type": "Succeed"}}}'

    refusal = code_of(
        lambda: machines.steps.create_state_machine(
            name="a?", roleArn=machines.role, definition=definition
        )
    )

    assert refusal == "InvalidName"


@pytest.mark.behaviour(f"{API}/API_CreateStateMachine.html")
def test_a_role_that_is_no_arn_of_a_role_is_refused(endpoint: Endpoint) -> None:
    definition = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
    steps = endpoint.client("stepfunctions")

    refusal = code_of(
        lambda: steps.create_state_machine(name=new_name(), definition=definition, roleArn="role")
    )

    assert refusal == "InvalidArn"
