from pathlib import Path

import pytest
from ruamel.yaml import YAML

from mailroom.deployment.template import Template
from mailroom.errors import Refused

MACHINE = """\
Parameters:
  Mode: {Type: String, AllowedValues: [slow, fast]}
Resources:
  # why it is there
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: asl.json
      Role: !GetAtt Role.Arn
"""


def template(folder: Path, text: str = MACHINE) -> Template:
    (folder / "template.yml").write_text(text)
    return Template(folder / "template.yml")


def test_the_definition_is_put_in_and_all_else_stays(tmp_path: Path) -> None:
    (tmp_path / "asl.json").write_text('{"StartAt": "A", "States": {}}')

    rendered = template(tmp_path).render()

    properties = YAML().load(rendered)["Resources"]["Machine"]["Properties"]
    assert properties["Definition"] == {"StartAt": "A", "States": {}}
    assert "DefinitionUri" not in properties
    assert "!GetAtt Role.Arn" in rendered


def test_rendering_is_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "asl.json").write_text('{"StartAt": "A", "States": {}}')

    assert template(tmp_path).render() == template(tmp_path).render()


def test_a_missing_definition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"asl\.json.* is missing"):
        template(tmp_path).render()


def test_a_broken_definition_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "asl.json").write_text('{\n"StartAt" "A"}')

    with pytest.raises(Refused, match=r"asl\.json:2: not JSON"):
        template(tmp_path).render()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Resources:\n  A: [", r"template\.yml:2: not YAML"),
        ("just text", "no Resources"),
        ("Parameters: {}", "no Resources"),
    ],
)
def test_what_is_no_template_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        template(tmp_path, text).render()


def test_a_missing_template_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No such file"):
        Template(tmp_path / "nowhere.yml").render()


def test_parameters_that_the_template_does_not_take_are_refused_all_at_once(
    tmp_path: Path,
) -> None:
    with pytest.raises(Refused) as refused:
        template(tmp_path).check_parameters({"Mode": "lazy", "Speed": "1"})

    assert refused.value.hint.splitlines() == [
        "Speed: there is no such parameter",
        "Mode: 'lazy' is none of slow, fast",
    ]
