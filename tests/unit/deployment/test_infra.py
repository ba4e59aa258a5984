"""What is deployed to AWS alone, and no emulator plays."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

_CHECKOUT = Path(__file__).parents[3]
_WORKFLOWS = sorted((_CHECKOUT / ".github" / "workflows").glob("*.yml"))
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_POLICY_LIMIT = 6144


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
