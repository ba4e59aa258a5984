"""What other repositories use in CI: each step's shell runs where a foreign application is."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from ruamel.yaml import YAML

from mailroom.aws.sessions import EmulatorSession
from mailroom.environments.ports import free_port
from tests.support.command import Command

ROOT = Path(__file__).parents[2]
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Work: {Type: AWS::SQS::Queue}
"""


def read(file: Path) -> Any:
    return list(YAML(typ="safe").load_all(file.read_text()))[-1]


@dataclass
class Job:
    """A job on a runner: steps share files of outputs and variables, as GitHub's do."""

    folder: Path
    inputs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = {
            name: self.folder / name.lower()
            for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")
        }
        for file in self.files.values():
            file.touch()

    def run(self, action: Path) -> str:
        """Run the steps of a composite action that are shell; what they printed."""
        printed = ""
        for step in read(action / "action.yml")["runs"]["steps"]:
            if "run" in step:
                printed += self._step(action, step)
        return printed

    def _step(self, action: Path, step: dict[str, Any]) -> str:
        given = {name: self._value(text) for name, text in step.get("env", {}).items()}
        variables = {k: v for k, v in os.environ.items() if not k.startswith("MAILROOM_")}
        files = {name: str(path) for name, path in self.files.items()}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder / "orders",
            env=variables
            | files
            | {"GITHUB_ACTION_PATH": str(action), "RUNNER_TEMP": str(self.folder / "temp")}
            | given,
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def _value(self, text: str) -> str:
        """An expression: an input, or nothing for what other actions would tell."""
        kind, _, name = text.removeprefix("${{ ").removesuffix(" }}").partition(".")
        return self.inputs[name] if kind == "inputs" else ""

    def outputs(self) -> dict[str, str]:
        lines = self.files["GITHUB_OUTPUT"].read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "template.yaml").write_text(TEMPLATE)
    job = Job(tmp_path, {"arguments": "", "port": str(free_port())})
    yield job
    orders = tmp_path / "orders"
    Command(orders, orders / ".mailroom").run("reset", "--yes")


def test_the_action_brings_up_a_foreign_application_and_takes_it_down(job: Job) -> None:
    job.run(ROOT)
    outputs = job.outputs()
    sqs = EmulatorSession(outputs["endpoint"], "us-east-1", "000000000000").client("sqs")
    queues = sqs.list_queues()["QueueUrls"]

    job.run(ROOT / "actions" / "down")

    assert any("Work" in url for url in queues)
    assert outputs["database-url"] == ""
    assert "AWS_ENDPOINT_URL" in job.files["GITHUB_ENV"].read_text()
    assert "## Mailroom" in job.files["GITHUB_STEP_SUMMARY"].read_text()
    assert list((job.folder / "temp" / "mailroom-logs").iterdir())
    with pytest.raises((EndpointConnectionError, ClientError)):
        sqs.list_queues()


def test_down_after_an_up_that_failed_is_no_error(job: Job) -> None:
    said = job.run(ROOT / "actions" / "down")

    assert "no summary" in said


def test_the_component_of_gitlab_calls_the_scripts_that_the_action_calls() -> None:
    script = read(ROOT / "templates" / "mailroom.yml")["mailroom"]
    called = "\n".join([*script["script"], *script["after_script"]])

    for name in ("up", "down"):
        assert f"$MAILROOM_HOME/scripts/ci/{name}.sh" in called
        assert (ROOT / "scripts" / "ci" / f"{name}.sh").is_file()


def test_the_feature_of_a_development_container_installs_from_a_repository(tmp_path: Path) -> None:
    feature = tmp_path / "feature"
    shutil.copytree(ROOT / "devcontainer" / "mailroom", feature)
    options = json.loads((feature / "devcontainer-feature.json").read_text())["options"]
    source = tmp_path / "source"
    subprocess.check_call(["git", "init", "--quiet", "--initial-branch=main", source])
    (source / "Makefile").write_text("install:\n\ttouch installed\n")
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.check_call(["git", "-C", source, "add", "."])
    subprocess.check_call(["git", "-C", source, *who, "commit", "--quiet", "--message", "one"])
    variables = {
        **os.environ,
        "SOURCE": f"file://{source}",
        "VERSION": options["version"]["default"],
        "MAILROOM_HOME": str(tmp_path / "home"),
    }

    subprocess.check_call([feature / "install.sh"], env=variables)

    assert (tmp_path / "home" / "installed").is_file()


def test_the_hook_of_pre_commit_names_a_command_that_exists() -> None:
    (hook,) = read(ROOT / ".pre-commit-hooks.yaml")

    mailroom, *arguments = hook["entry"].split()

    run = [ROOT / ".venv" / "bin" / mailroom, *arguments, "--help"]
    assert subprocess.run(run, capture_output=True).returncode == 0
    assert hook["additional_dependencies"] == ["./rules"]
