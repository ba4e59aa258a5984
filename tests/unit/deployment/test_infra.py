"""What is deployed to AWS alone, and no emulator plays."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

_CHECKOUT = Path(__file__).parents[3]
_WORKFLOWS = sorted((_CHECKOUT / ".github" / "workflows").glob("*.yml"))
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_POLICY_LIMIT = 6144
# What CloudFormation asks for on behalf of features that no resource here has.
_UNUSED = {"logs:DeleteDataProtectionPolicy", "secretsmanager:RemoveRegionsFromReplication"}


def test_cfn_lint_finds_nothing_in_the_database() -> None:
    linter = Path(sys.executable).with_name("cfn-lint")

    run = subprocess.run(
        [linter, "infra/database.yml"], cwd=_CHECKOUT, capture_output=True, text=True
    )

    assert run.returncode == 0, run.stdout


def test_what_the_database_puts_out_are_parameters_of_the_stack() -> None:
    yaml = YAML()
    database = yaml.load(_CHECKOUT / "infra" / "database.yml")
    template = yaml.load(_CHECKOUT / "infra" / "template.yml")

    assert set(database["Outputs"]) <= set(template["Parameters"])
    assert {"DatabaseSecretArn", "SubnetIds", "SecurityGroupIds"} <= set(database["Outputs"])


@pytest.mark.parametrize("workflow", _WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit(workflow: Path) -> None:
    used = re.findall(r"uses: (\S+)", workflow.read_text())

    assert used
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used)


def test_the_deployer_s_policy_fits_and_names_what_it_is_about() -> None:
    policy = json.loads((_CHECKOUT / "infra" / "deployer-policy.json").read_text())

    assert len(json.dumps(policy, separators=(",", ":"))) <= _POLICY_LIMIT
    open_to_all = {one["Sid"] for one in policy["Statement"] if one["Resource"] == "*"}
    assert open_to_all == {"Look", "PublishTheApplication"}
    assert not any("*" in action for one in policy["Statement"] for action in one["Action"])


def test_the_deployer_may_delete_whatever_it_may_create() -> None:
    """By what CloudFormation says of each type; LocalStack comes with those documents."""
    policy = json.loads((_CHECKOUT / "infra" / "deployer-policy.json").read_text())
    allowed = {action for one in policy["Statement"] for action in one["Action"]}
    template = YAML().load(_CHECKOUT / "infra" / "template.yml")
    types = {resource["Type"] for resource in template["Resources"].values()}
    types |= {"AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"}

    needed = {
        one["typeName"]: {*one["handlers"]["delete"]["permissions"]} - allowed - _UNUSED
        for one in _resource_types()
        if one["typeName"] in types
    }

    assert len(needed) >= 10
    assert {name: missing for name, missing in needed.items() if missing} == {}


def _resource_types() -> list[dict[str, Any]]:
    engine = _CHECKOUT / ".envs" / "engine"
    schemas = engine.glob("lib/*/site-packages/localstack/services/**/*.schema.json")
    documents = [json.loads(path.read_text()) for path in schemas]
    return [one for one in documents if "delete" in one.get("handlers", {})]
