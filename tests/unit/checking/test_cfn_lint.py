"""cfn-lint looks at the template that SAM has expanded; its findings point into the source."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import read_definitions
from mailroom.checking.rules.cloudformation import lint

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: a.b
      InlineCode: pass
      Policies:
        - SQSPollerPolicy: {QueueName: !GetAtt Queue.QueueName}
        - Statement: {Effect: Allow, Action: "sqs:%s", Resource: !GetAtt Queue.Arn}
"""

type Load = Callable[[str], Definitions]


def test_it_finds_defects_behind_sam_and_points_to_their_lines(load: Load) -> None:
    definitions = load("cfn-lint")
    marked = {
        (match[1], number)
        for number, line in enumerate(definitions.template.lines, 1)
        if (match := re.search(r"# here (\w+)", line))
    }

    found = {(finding.rule, finding.at.line) for finding in lint(definitions)}

    assert marked <= found
    assert {rule for rule, _ in marked} == {"E2533", "E3002", "W3037"}


@pytest.mark.parametrize(("action", "found"), [("SendMessage", []), ("SendMesage", ["W3037"])])
def test_unknown_actions_of_sams_own_policies_are_none_of_ours(
    action: str, found: list[str], tmp_path: Path
) -> None:
    (tmp_path / "template.yml").write_text(SAM % action)

    definitions = read_definitions(tmp_path / "template.yml", tmp_path, tmp_path, tmp_path)

    assert [finding.rule for finding in lint(definitions)] == found
