"""State machines as templates write them: what a rule must not find, and what it must."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER
from mailroom.errors import Refused
from tests.unit.checking.conftest import FIXTURES

type Load = Callable[[str], Definitions]

BROKEN = '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "%s", "Next": "Nowhere"}}}'
TEMPLATE = """
Resources:
  Function: {Type: AWS::Lambda::Function}
  Role: {Type: AWS::IAM::Role}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !GetAtt Role.Arn
      DefinitionString: %s
"""
JSONATA = """
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineType: %s
      Definition:
        QueryLanguage: JSONata
        StartAt: Ask
        States:
          Ask:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke%s
            Arguments: {FunctionName: "${Function}", Payload: "{%% $states.input %%}"}
            TimeoutSeconds: "{%% $states.input.limit %%}"
            Output: "{%% $states.result.Payload %%}"
            Next: Choose
          Choose:
            Type: Choice
            Choices: [{Condition: "{%% $states.input.a = 1 %%}", Next: Each}]
            Default: Each
          Each:
            Type: Map
            Items: "{%% $states.input.items %%}"
            ItemProcessor: {StartAt: Say, States: {Say: {Type: Pass, Output: {a: 1}, End: true}}}
            Output: {}
            End: true
"""


def read(folder: Path, text: str) -> Definitions:
    (folder / "template.yml").write_text(text)
    return read_definitions(folder / "template.yml", folder, folder / "no", folder / "none")


def found(definitions: Definitions, *rules: str) -> set[str]:
    return {rule for rule in rules if list(REGISTER[rule].findings(definitions))}


@pytest.mark.parametrize(
    "written",
    [
        f"'{BROKEN % 'arn:aws:lambda:eu-west-1:123456789012:function:f'}'",
        f"!Sub '{BROKEN % '${Function.Arn}'}'",
        f"!Sub ['{BROKEN % '${Name}'}', {{Name: !GetAtt Function.Arn}}]",
        f"!Join ['', ['{BROKEN.partition('%s')[0]}', !GetAtt Function.Arn, "
        f"'{BROKEN.partition('%s')[2]}']]",
    ],
    ids=["text", "Sub", "Sub with names", "Join"],
)
def test_a_definition_as_text_is_looked_at_however_it_is_put_together(
    written: str, tmp_path: Path
) -> None:
    definitions = read(tmp_path, TEMPLATE % written)

    rules = found(definitions, "state-missing-target", "state-substitution", "machine-permission")

    assert rules - {"machine-permission"} == {"state-missing-target"}
    assert ("machine-permission" in rules) is ("Function" in written)


def test_a_number_that_is_put_in_leaves_the_definition_readable(tmp_path: Path) -> None:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": ${Pause}, "End": true}}}'

    definitions = read(tmp_path, TEMPLATE % f"!Sub ['{text}', {{Pause: 3}}]")

    assert not found(definitions, "state-value", "state-substitution")


def test_a_definition_that_is_no_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"template.yml:9: the definition is not JSON"):
        read(tmp_path, TEMPLATE % "!Sub '{\"StartAt\": ${Function.Arn}'")


def test_each_value_that_a_field_does_not_take_is_found(load: Load) -> None:
    findings = list(REGISTER["state-value"].findings(load("state-value")))

    assert {one.message.partition(":")[0] for one in findings} == {
        *("TimeoutSeconds", "Seconds", "Timestamp", "HeartbeatSeconds", "End"),
    }


def test_what_jsonata_writes_otherwise_is_no_finding(tmp_path: Path) -> None:
    definitions = read(tmp_path, JSONATA % ("STANDARD", ""))

    rules = ("state-fields", "state-resource", "state-value", "choice-rule", "state-payload")
    assert not found(definitions, *rules)


@pytest.mark.parametrize(("type", "waits"), [("STANDARD", False), ("EXPRESS", True)])
def test_an_express_workflow_can_not_wait_for_a_token(
    type: str, waits: bool, tmp_path: Path
) -> None:
    text = (JSONATA % (type, ".waitForTaskToken")).replace("$states.input %", "$$.Task.Token %")

    definitions = read(tmp_path, text)

    assert bool(found(definitions, "state-resource")) is waits


@pytest.mark.parametrize(
    ("allowed", "lacking"), [("sns:Publish", False), ("SNS:*", False), ("sqs:SendMessage", True)]
)
def test_the_role_needs_the_action_of_every_integration(
    allowed: str, lacking: bool, tmp_path: Path
) -> None:
    text = (TEMPLATE % f"'{BROKEN % 'arn:aws:states:::sns:publish.waitForTaskToken'}'").replace(
        "Role: {Type: AWS::IAM::Role}",
        "Role: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: "
        f'{{Effect: Allow, Action: "{allowed}", Resource: "*"}}}}}}]}}}}',
    )

    definitions = read(tmp_path, text)

    assert bool(found(definitions, "machine-permission")) is lacking


def test_a_transition_that_a_condition_chooses_may_lead_to_either(tmp_path: Path) -> None:
    text = (
        "Conditions: {Is: !Equals [a, b]}\nResources: {M: {Type: AWS::Serverless::StateMachine, "
        "Properties: {Definition: {StartAt: !If [Is, A, B], "
        "States: {A: {Type: Succeed}, B: {Type: Succeed}}}}}}"
    )

    definitions = read(tmp_path, text)

    assert not found(definitions, "state-missing-target", "state-unreachable")


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("", "Patience ends the loops of Machine, and has no MaxValue"),
        ("    MaxValue: 86400\n", "with 86400 for Patience, .* may write 77,771 events of 25,000"),
        ("    MaxValue: 20000\n", None),
    ],
)
def test_a_parameter_that_ends_a_loop_bounds_the_history(
    bound: str, said: str | None, tmp_path: Path
) -> None:
    loop = (FIXTURES / "history-unbounded.yml").read_text()
    function = """
  Poll:
    Type: AWS::Lambda::Function
    Properties:
      Environment: {Variables: {SETTLEMENT_LIMIT_SECONDS: !Ref Patience}}
"""
    definitions = read(tmp_path, loop.replace("    Default: 600\n", bound) + function)

    messages = [one.message for one in REGISTER["history-unbounded"].findings(definitions)]

    assert len(messages) == (said is not None)
    assert all(re.search(said or "", message) for message in messages)
