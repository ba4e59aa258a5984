"""State machines in JSONata, evaluated without a JVM.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

import hashlib
import json
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mailroom.environments.environment import Environment
from tests.support.flow import until
from tests.support.functions import making_functions

type Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run(environment: Environment) -> Iterator[Run]:
    """Runs a state machine in JSONata to its end; its description with the output parsed."""
    client = environment.session.client("stepfunctions")
    made: list[str] = []

    def to_its_end(states: dict[str, Any], given: Any = None) -> dict[str, Any]:
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states}
        machine = client.create_state_machine(
            name=f"test-{uuid.uuid4()}", definition=json.dumps(definition), roleArn=functions.role
        )["stateMachineArn"]
        made.append(machine)
        arn = client.start_execution(stateMachineArn=machine, input=json.dumps(given))[
            "executionArn"
        ]
        found: dict[str, Any] = {}

        def over() -> bool:
            found.update(client.describe_execution(executionArn=arn))
            return bool(found["status"] != "RUNNING")

        until(over, "the end of the execution")
        return {**found, "output": json.loads(found.get("output") or "null")}

    with making_functions(environment.session) as functions:
        yield to_its_end
        for machine in made:
            client.delete_state_machine(stateMachineArn=machine)


def output(run: Run, expression: Any, given: Any = None) -> Any:
    found = run({"One": {"Type": "Pass", "Output": expression, "End": True}}, given)
    assert found["status"] == "SUCCEEDED", found
    return found["output"]


def test_an_expression_is_evaluated_on_the_states_data(run: Run) -> None:
    given = {"orders": [{"id": 1, "price": 5}, {"id": 2, "price": 7}], "who": 'Ada "A" Ünal'}
    expression = {
        "total": "{% $sum($states.input.orders.price) %}",
        "dear": "{% $states.input.orders[price > 5].id %}",
        "who": "{% $uppercase($states.input.who) %}",
        "plain": "text",
        "name": "{% $states.context.State.Name %}",
    }

    assert output(run, expression, given) == {
        "total": 12,
        "dear": 2,
        "who": 'ADA "A" ÜNAL',
        "plain": "text",
        "name": "One",
    }


def test_the_functions_of_step_functions_are_there(run: Run) -> None:
    found = output(
        run,
        {
            "partition": "{% $partition([1, 2, 3, 4, 5], 2) %}",
            "range": "{% $range(0, 10, 5) %}",
            "down": "{% $range(3, 1, -1) %}",
            "hash": "{% $hash('order', 'SHA-256') %}",
            "random": "{% $random(7) = $random(7) %}",
            "uuid": "{% $uuid() %}",
            "parse": "{% $parse('{\"a\": [1]}').a %}",
        },
    )

    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found.pop("uuid"))
    assert found == {
        "partition": [[1, 2], [3, 4], [5]],
        "range": [0, 5, 10],
        "down": [3, 2, 1],
        "hash": hashlib.sha256(b"order").hexdigest(),
        "random": True,
        "parse": [1],
    }


def test_a_variable_may_have_any_text(run: Run) -> None:
    text = 'a "quoted" \\ text\nof two lines'
    states = {
        "Keep": {"Type": "Pass", "Assign": {"text": "{% $states.input %}"}, "Next": "Say"},
        "Say": {"Type": "Pass", "Output": "{% $text & '!' %}", "End": True},
    }

    assert run(states, text)["output"] == f"{text}!"


def test_a_choice_decides_by_an_expression(run: Run) -> None:
    states = {
        "Decide": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.amount > 100 %}", "Next": "Large"}],
            "Default": "Small",
        },
        "Large": {"Type": "Pass", "Output": "large", "End": True},
        "Small": {"Type": "Pass", "Output": "small", "End": True},
    }

    assert [run(states, {"amount": one})["output"] for one in (101, 100)] == ["large", "small"]


@pytest.mark.parametrize(
    "expression",
    ["{% $states.input.missing %}", "{% 1 + 'a' %}", "{% $sum %}", "{% $error('mine') %}"],
)
def test_what_has_no_value_is_a_query_evaluation_error(run: Run, expression: str) -> None:
    found = run({"One": {"Type": "Pass", "Output": expression, "End": True}}, {})

    assert (found["status"], found["error"]) == ("FAILED", "States.QueryEvaluationError")
