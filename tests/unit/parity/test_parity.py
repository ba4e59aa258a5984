"""The parity table's own rules: what it lists, and what it refuses."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.parity.behaviours import all_behaviours
from tests.parity.page import link

ROOT = Path(__file__).parents[3]
RULES = ROOT / "tests" / "parity" / "conftest.py"
PAGE = (ROOT / "docs" / "parity.md").read_text()
BEHAVIOURS = all_behaviours()
WITHOUT_PAGE = "def test_something(): pass"
NO_LONGER_DIFFERENT = """
import pytest

@pytest.mark.behaviour("https://docs.aws.amazon.com/")
@pytest.mark.differs("not any more")
def test_something(): pass
"""


def test_the_page_lists_exactly_the_behaviours_that_are_tested() -> None:
    rows = re.findall(r"^\| (\[.*\]\(.*\)) \|", PAGE, re.MULTILINE)

    assert rows == [link(one) for one in BEHAVIOURS], "make parity writes docs/parity.md"


def test_the_page_lists_exactly_the_known_differences() -> None:
    listed = re.findall(r"^- (\[.*\]\(.*\)): (.*)\.$", PAGE, re.MULTILINE)

    assert listed == [(link(one), one.known) for one in BEHAVIOURS if one.known]


def test_no_two_behaviours_have_one_name_and_each_has_a_page_of_awss() -> None:
    names = Counter(one.name for one in BEHAVIOURS)

    assert [name for name, count in names.items() if count > 1] == []
    for one in BEHAVIOURS:
        assert one.page.startswith("https://docs.aws.amazon.com/"), one.name


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (WITHOUT_PAGE, "names no page of AWS's documentation"),
        (NO_LONGER_DIFFERENT, "[XPASS(strict)] not any more"),
    ],
    ids=["without a page", "no longer different"],
)
def test_a_behaviour_without_a_page_is_refused_and_so_is_a_difference_that_is_gone(
    tmp_path: Path, source: str, said: str
) -> None:
    folder = tmp_path / "parity"
    folder.mkdir()
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    (folder / "conftest.py").write_text(RULES.read_text())
    (folder / "test_one.py").write_text(source)

    run = pytest_run(folder)

    assert run.returncode != 0
    assert said in run.stdout + run.stderr


def test_aws_is_not_tried_without_credentials(tmp_path: Path) -> None:
    run = pytest_run(
        RULES.parent, "--stack=aws", HOME=str(tmp_path), AWS_DEFAULT_REGION="eu-west-3"
    )

    assert run.returncode == 3
    assert "there are no AWS credentials" in run.stdout
    assert "passed" not in run.stdout


def test_another_engine_is_for_these_tests_alone() -> None:
    run = pytest_run(ROOT / "tests" / "integration" / "test_limits.py", "--stack=ministack")

    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--stack=ministack is for tests/parity alone" in run.stderr


def pytest_run(path: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run tests with the project's settings and without the caller's AWS."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *settings, "-p", "no:cacheprovider", str(path), *options],
        cwd=ROOT,
        env={**inherited, "AWS_EC2_METADATA_DISABLED": "true", **variables},
        capture_output=True,
        text=True,
    )
