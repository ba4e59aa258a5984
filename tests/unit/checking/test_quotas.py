"""Templates that are too large to be kept as fixtures."""

from pathlib import Path

import pytest

from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER

ROLE = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {{ManagedPolicyArns: {}}}
"""
LOOP = """\
Metadata: {{Mailroom: {{ExecutionHistory: {}}}}}
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      Definition:
        StartAt: Wait
        States:
          Wait: {{Type: Wait, SecondsPath: $.seconds, Next: Choice}}
          Choice:
            Type: Choice
            Choices: [{{Variable: $.a, IsNull: true, Next: End}}]
            Default: Wait
          End: {{Type: Succeed}}
"""
QUEUE = "  Queue{}: {{Type: AWS::SQS::Queue}}\n"
MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("queues", "padding", "exceeded", "near"),
    [
        (400, 0, [], []),
        (401, 0, [], ["Resources: 401 of 500"]),
        (501, 0, ["Resources: 501 of 500"], []),
        (1, 950_000, [], ["bytes of the template"]),
        (1, MEGABYTE, ["bytes of the template"], []),
    ],
)
def test_what_exceeds_a_quota_or_comes_near_is_found(
    queues: int, padding: int, exceeded: list[str], near: list[str], tmp_path: Path
) -> None:
    template = tmp_path / "template.yml"
    text = "Resources:\n" + "".join(QUEUE.format(number) for number in range(queues))
    template.write_text(f"{text}Metadata: {{Padding: {'x' * padding}}}\n")
    definitions = read_definitions(template, tmp_path, tmp_path, tmp_path)

    found = {
        rule: [one.message for one in REGISTER[rule].findings(definitions)]
        for rule in ("quota-exceeded", "quota-near")
    }

    for rule, wanted in (("quota-exceeded", exceeded), ("quota-near", near)):
        assert len(found[rule]) == len(wanted)
        assert all(one.startswith(start) for one, start in zip(found[rule], wanted, strict=True))


def test_a_quota_that_aws_raises_is_a_warning_however_much_of_it_is_used(tmp_path: Path) -> None:
    template = tmp_path / "template.yml"
    template.write_text(ROLE.format([f"arn:aws:iam::aws:policy/{name}" for name in range(15)]))
    definitions = read_definitions(template, tmp_path, tmp_path, tmp_path)

    assert list(REGISTER["quota-exceeded"].findings(definitions)) == []
    (near,) = REGISTER["quota-near"].findings(definitions)
    assert near.message == "managed policies of Role: 15 of 10"


@pytest.mark.parametrize(
    ("stated", "missing"),
    [
        ("{Growth: 60, Seconds: 600}", []),
        ("{Growth: 0, Seconds: 600}", ["ExecutionHistory needs a number above 0 for Growth"]),
        ("{}", ["ExecutionHistory needs a number above 0 for Growth and Seconds"]),
    ],
)
def test_metadata_of_a_history_that_says_too_little_is_found(
    stated: str, missing: list[str], tmp_path: Path
) -> None:
    template = tmp_path / "template.yml"
    template.write_text(LOOP.format(stated))
    definitions = read_definitions(template, tmp_path, tmp_path, tmp_path)

    found = [one.message for one in REGISTER["history-unbounded"].findings(definitions)]

    assert [one for one in found if "ExecutionHistory" in one] == missing
    assert list(REGISTER["quota-exceeded"].findings(definitions)) == []
