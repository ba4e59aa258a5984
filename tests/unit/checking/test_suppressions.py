"""A finding is suppressed in place, with a reason, or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import read_definitions
from mailroom.checking.rule import REGISTER
from mailroom.checking.rules.suppressions import unused_marks
from mailroom.checking.suppression import find_suppressions, suppress

type Load = Callable[[str], Definitions]

TEMPLATE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy:{same_line}
        deadLetterTargetArn: !GetAtt Dead.Arn
        {above}
        maxReceiveCount: 1
  Dead:
    Type: AWS::SQS::Queue
"""
MARK = "# mailroom: ignore max-receive-count-one"


def read(folder: Path, text: str) -> Definitions:
    template = folder / "template.yml"
    template.write_text(text)
    return read_definitions(template, folder, folder / "functions", folder / "environments")


@pytest.mark.parametrize("place", ["same_line", "above"])
def test_a_comment_covers_the_block_that_its_line_or_the_next_begins(
    place: str, tmp_path: Path
) -> None:
    comments = {"same_line": "", "above": "", place: f"  {MARK} it is a test"}
    definitions = read(tmp_path, TEMPLATE.format(**comments))
    found = list(REGISTER["max-receive-count-one"].findings(definitions))
    marks = find_suppressions(definitions)

    suppressed = list(suppress(found, marks))

    assert [one.suppressed for one in suppressed] == ["it is a test"]
    assert list(unused_marks(found, marks)) == []


def test_a_mark_without_reason_suppresses_nothing_and_is_a_finding(tmp_path: Path) -> None:
    definitions = read(tmp_path, TEMPLATE.format(same_line="", above=MARK))
    found = list(REGISTER["max-receive-count-one"].findings(definitions))

    suppressed = list(suppress(found, find_suppressions(definitions)))

    assert [one.suppressed for one in suppressed] == [None]
    assert list(REGISTER["suppression-reason"].findings(definitions))


def test_a_mark_that_covers_nothing_is_a_finding(load: Load) -> None:
    marks = find_suppressions(load("suppression-unused"))

    findings = list(unused_marks([], marks))

    assert [(one.rule, one.at.line) for one in findings] == [("suppression-unused", 2)]


def test_a_mark_of_a_rule_that_does_not_exist_says_so(tmp_path: Path) -> None:
    definitions = read(tmp_path, "# mailroom: ignore visibility because\nResources: {}\n")

    findings = list(unused_marks([], find_suppressions(definitions)))

    assert findings[0].message == "no rule is called visibility"


def test_a_comment_field_covers_its_state_and_no_other(tmp_path: Path) -> None:
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "Done"}]}
    definition = {
        "StartAt": "First",
        "States": {
            "First": {"Comment": "mailroom: ignore choice-default all are null", **choice},
            "Second": choice,
            "Done": {"Type": "Succeed"},
        },
    }
    (tmp_path / "asl.json").write_text(json.dumps(definition, indent=1))
    resource = "{Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: asl.json}}"
    definitions = read(tmp_path, f"Resources:\n  Machine: {resource}\n")
    found = list(REGISTER["choice-default"].findings(definitions))

    suppressed = list(suppress(found, find_suppressions(definitions)))

    assert [one.suppressed for one in suppressed] == ["all are null", None]


def test_a_comment_in_python_covers_its_function(tmp_path: Path) -> None:
    code = tmp_path / "functions" / "package" / "handler.py"
    code.parent.mkdir(parents=True)
    code.write_text("# mailroom: ignore batch-item-failures-handler one record a batch\ndef f():\n")
    definitions = read(tmp_path, "Resources: {}\n")

    (mark,) = find_suppressions(definitions)

    assert (mark.at.file, mark.first, mark.reason) == (
        "functions/package/handler.py",
        2,
        "one record a batch",
    )
