"""What `up` checks before it deploys, and what of it is kept."""

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from mailroom.checking.before_deployment import check_part
from mailroom.deployment.checks import DefinitionChecks, Part, Said
from mailroom.errors import Refused
from mailroom.progress import Progress
from mailroom.project import Project
from tests.unit.checking.conftest import CHECKOUT

REGION = "us-east-1"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A checkout whose definitions may be changed."""
    shutil.copytree(CHECKOUT / "infra", tmp_path / "infra")
    shutil.copy(CHECKOUT / "requirements.txt", tmp_path)
    return Project(tmp_path, tmp_path / ".mailroom")


def change(project: Project, file: str, before: str, after: str) -> int:
    """Replace a text that a file of infra/ has; returns its line."""
    path = project.root / "infra" / file
    text = path.read_text()
    head, found, tail = text.partition(before)
    assert found
    path.write_text(head + after + tail)
    return head.count("\n") + 1


def without_retry(project: Project) -> None:
    """Leave a Task without Retry, which AWS creates all the same."""
    path = project.root / "infra" / "asl.json"
    machine = json.loads(path.read_text())
    del machine["States"]["PublishMessages"]["Retry"]
    path.write_text(json.dumps(machine, indent=2))


def checked(project: Project) -> str:
    """What the checks say in a pipe."""
    output = io.StringIO()
    with DefinitionChecks(project, REGION) as checks:
        checks.refuse()
        checks.start()
        checks.finish(Progress(Console(file=output, width=300)))
    return output.getvalue()


@pytest.mark.parametrize("part", Part)
def test_nothing_is_found_in_this_checkout(project: Project, part: Part) -> None:
    assert check_part(project, part, REGION) == []


def test_a_property_that_cloudformation_does_not_know_is_refused_with_its_line(
    project: Project,
) -> None:
    line = change(project, "template.yml", "VisibilityTimeout:", "VisibilityTimeot:")

    [said] = check_part(project, Part.template, REGION)

    assert said.at == f"infra/template.yml:{line}"
    assert "'VisibilityTimeot' was unexpected" in said.message
    assert said.refused


def test_a_transition_to_a_state_that_is_not_there_is_refused_with_its_line(
    project: Project,
) -> None:
    line = change(project, "asl.json", '"StartAt": "Begin', '"StartAt": "Begn')

    said = check_part(project, Part.machines, REGION)

    assert (said[0].at, said[0].rule) == (f"infra/asl.json:{line}", "state-missing-target")
    assert said[0].refused


def test_what_aws_takes_is_no_refusal(project: Project) -> None:
    without_retry(project)

    said = check_part(project, Part.machines, REGION)

    assert Said(said[0].at, "task-retry", said[0].message, False) in said


def test_what_somebody_decided_to_live_with_is_not_named(project: Project) -> None:
    mark = "# mailroom: ignore E3002 a test\n      VisibilityTimeot:"
    change(project, "template.yml", "VisibilityTimeout:", mark)

    assert check_part(project, Part.template, REGION) == []


def test_a_refusal_is_known_the_next_time_before_anything_is_started(project: Project) -> None:
    change(project, "asl.json", '"StartAt": "Begin', '"StartAt": "Begn')

    with pytest.raises(Refused, match="StartAt names 'BegnPublishing'"):
        checked(project)
    with (
        DefinitionChecks(project, REGION) as again,
        pytest.raises(Refused, match="StartAt names 'BegnPublishing'"),
    ):
        again.refuse()


def test_only_what_has_changed_is_checked_again(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(project)
    kept = project.root / ".envs" / "checked"
    first = set(kept.iterdir())

    change(project, "asl.json", '"StartAt":', '"StartAt" :')
    checked(project)
    second = set(kept.iterdir())
    monkeypatch.setattr("mailroom.deployment.checks._MODULE", "no.such.module")
    said = checked(project)

    assert len(first) == 2
    assert len(second - first) == 1
    assert said.startswith("✓ Checks: nothing AWS would refuse")


def warnings(output: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith("warning")]


def test_findings_that_are_no_refusals_are_named_as_warnings_each_time(project: Project) -> None:
    without_retry(project)

    first, again = checked(project), checked(project)

    assert "warning: infra/asl.json:" in first
    assert "(task-retry)" in first
    assert "mailroom check" in first
    assert warnings(first) == warnings(again) != []


def test_where_nothing_can_be_kept_it_is_checked_each_time(project: Project) -> None:
    (project.root / ".envs").write_text("no folder")

    assert "nothing AWS would refuse" in checked(project)


def test_what_can_not_be_read_is_named_and_left_to_the_deployment(project: Project) -> None:
    line = change(project, "asl.json", '"StartAt"', '"StartAt" "StartAt"')

    said = checked(project)

    assert f"warning: not checked: infra/asl.json:{line}: " in said
    assert "nothing AWS would refuse" not in said


def test_checks_that_fail_themselves_say_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailroom.deployment.checks._MODULE", "no.such.module")

    with pytest.raises(Exception, match="the definitions could not be checked"):
        checked(project)
