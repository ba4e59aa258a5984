"""A template is looked at as each environment deploys it, and with the choices that are left."""

from pathlib import Path

from mailroom.checking.definitions import Definitions
from mailroom.checking.reading import load_beside, read_definitions
from mailroom.checking.rule import REGISTER
from mailroom.project import Project

TEMPLATE = """
Parameters:
  Mode: {Type: String, Default: one, AllowedValues: [one, two]}
  Topic: {Type: String, Default: ""}
  Count: {Type: Number, Default: 5}
Conditions:
  IsTwo: !Equals [!Ref Mode, two]
  HasTopic: !Not [!Equals [!Ref Topic, ""]]
Resources:
  Always:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Count}
  Dead: {Type: AWS::SQS::Queue}
  InTwo: {Type: AWS::SQS::Queue, Condition: IsTwo}
  WithTopic: {Type: AWS::SQS::Queue, Condition: HasTopic}
"""


def read(root: Path, **environments: str) -> Definitions:
    folder = root / "infra" / "environments"
    folder.mkdir(parents=True)
    for name, parameters in environments.items():
        head = f'region = "eu-central-1"\nstack = "{name}"\n[parameters]\n'
        (folder / f"{name}.toml").write_text(head + parameters)
    template = folder.parent / "template.yml"
    template.write_text(TEMPLATE)
    return read_definitions(template, root, root / "functions", folder)


def test_each_choice_that_parameters_and_conditions_leave_is_looked_at(tmp_path: Path) -> None:
    definitions = read(tmp_path, dev="")

    seen = {id for stack in definitions.stacks for id in stack.resources}

    assert [set(stack.resources) for stack in definitions.known_stacks] == [{"Always", "Dead"}]
    assert seen == {"Always", "Dead", "InTwo", "WithTopic"}


def test_a_value_of_one_environment_is_enough_for_a_finding(tmp_path: Path) -> None:
    definitions = read(tmp_path, dev="Count = 5", prod="Count = 1")

    findings = list(REGISTER["max-receive-count-one"].findings(definitions))

    assert [one.at.line for one in findings] == [13]


def test_a_value_that_a_variable_gives_later_is_not_known(tmp_path: Path) -> None:
    definitions = read(tmp_path, dev='Count = "${COUNT}"')

    assert not list(REGISTER["environment-parameter"].findings(definitions))
    assert not list(REGISTER["max-receive-count-one"].findings(definitions))
    assert not list(REGISTER["secret-literal"].findings(definitions))


def test_other_templates_of_the_folder_are_looked_at_by_themselves(tmp_path: Path) -> None:
    read(tmp_path, dev="Count = 5")
    (tmp_path / "infra" / "database.yml").write_text("Resources:\n  A: {Type: AWS::RDS::DBCluster}")

    (database,) = load_beside(Project(tmp_path, tmp_path))

    assert database.template.file == "infra/database.yml"
    assert list(database.stacks[0].resources) == ["A"]
