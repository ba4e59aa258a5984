"""What AWS refuses is refused here."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mailroom.environments.environment import Environment
from tests.support.flow import Flow

LOST = {
    "StartAt": "pass1",
    "States": {
        "pass1": {"Type": "Pass", "Next": "pass3"},
        "pass2": {"Type": "Pass", "End": True},
    },
}
SENTENCE = (
    "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: pass3"
    ' at /States/pass1/Next, MISSING_TRANSITION_TARGET: State "pass2" is not reachable.'
    " at /States/pass2'"
)


def test_a_state_machine_that_goes_nowhere_is_not_created(environment: Environment) -> None:
    steps = environment.session.client("stepfunctions")

    with pytest.raises(ClientError) as refused:
        steps.create_state_machine(
            name=f"test-{uuid.uuid4()}",
            roleArn="arn:aws:iam::000000000000:role/any",
            definition=json.dumps(LOST),
        )

    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidDefinition", SENTENCE)


def test_a_state_machine_that_goes_nowhere_is_not_valid(environment: Environment) -> None:
    steps = environment.session.client("stepfunctions")

    answer = steps.validate_state_machine_definition(definition=json.dumps(LOST))

    assert answer["result"] == "FAIL"
    assert [one["location"] for one in answer["diagnostics"]] == [
        "/States/pass1/Next",
        "/States/pass2",
    ]


def test_an_update_without_changes_fails(iam_flow: Flow) -> None:
    cloudformation = iam_flow.environment.session.client("cloudformation")
    stack: dict[str, Any] = {"StackName": iam_flow.environment.stack}
    [described] = cloudformation.describe_stacks(**stack)["Stacks"]
    template = cloudformation.get_template(**stack, TemplateStage="Original")["TemplateBody"]

    with pytest.raises(ClientError) as refused:
        cloudformation.update_stack(
            **stack,
            TemplateBody=template if isinstance(template, str) else json.dumps(template),
            Parameters=[
                {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True}
                for one in described["Parameters"]
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )

    assert refused.value.response["Error"]["Message"] == "No updates are to be performed."
