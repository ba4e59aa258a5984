"""What `mailroom check` prints, writes and returns."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailroom.checking.definitions import Definitions
from mailroom.checking.documentation import rules_table
from mailroom.checking.rule import REGISTER
from mailroom.checking.run import check
from mailroom.checking.sarif import as_sarif
from mailroom.cli.app import app
from mailroom.errors import Refused

type Load = Callable[[str], Definitions]
type Enter = Callable[[str], Path]

FIXTURES = Path(__file__).parent / "fixtures"
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def in_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """A checkout with the template of a fixture, as the working directory."""

    def enter(fixture: str) -> Path:
        (tmp_path / "infra").mkdir()
        shutil.copy(FIXTURES / fixture, tmp_path / "infra" / "template.yml")
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return enter


def test_findings_are_json_and_sarif_and_exit_code_1(in_checkout: Enter) -> None:
    folder = in_checkout("max-receive-count-one.yml")

    result = CliRunner().invoke(app, ["check", "--no-package", "--json", "--sarif", "check.sarif"])

    assert result.exit_code == 1
    found = {one["rule"]: one for one in json.loads(result.stdout)}
    assert found["max-receive-count-one"]["file"] == "infra/template.yml"
    assert found["max-receive-count-one"]["line"] == 7
    assert {"why", "page", "fix", "severity"} <= found["max-receive-count-one"].keys()
    run = json.loads((folder / "check.sarif").read_text())["runs"][0]
    assert {one["ruleId"] for one in run["results"]} == found.keys()


def test_a_clean_template_is_exit_code_0_and_prints_the_headings_only(in_checkout: Enter) -> None:
    in_checkout("../clean.yml")

    result = CliRunner().invoke(app, ["check", "--no-package"])

    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["severity\tplace\trule\tfinding\tin AWS\tpage\tfix"]


def test_unusable_input_is_refused_with_file_and_line(in_checkout: Enter) -> None:
    folder = in_checkout("../clean.yml")
    (folder / "infra" / "template.yml").write_text("Resources:\n  a: [\n")

    result = CliRunner().invoke(app, ["check", "--no-package"])

    assert isinstance(result.exception, Refused)
    assert result.exception.exit_code == 2
    assert "infra/template.yml:3" in str(result.exception)


def test_a_template_that_a_rule_cannot_read_is_a_finding(load: Load) -> None:
    findings = check(load("template-malformed"))

    assert "template-malformed" in {one.rule for one in findings}
    assert any(one.rule.startswith("E") for one in findings)


def test_sarif_names_rule_place_level_and_reason_of_suppression(load: Load) -> None:
    findings = list(REGISTER["max-receive-count-one"].findings(load("max-receive-count-one")))

    (run,) = as_sarif(findings)["runs"]

    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "max-receive-count-one"
    assert result["level"] == "error"
    assert place["artifactLocation"]["uri"] == "max-receive-count-one.yml"
    assert place["region"] == {"startLine": 7}
    assert result["suppressions"] == []


def test_the_page_on_checks_has_every_rule() -> None:
    page = (CHECKOUT / "docs" / "checks.md").read_text()

    assert rules_table() in page, "run: python -m mailroom.checking.documentation"
