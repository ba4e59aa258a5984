"""Every constraint of the ten services' models, with a value on each side of it."""

from pathlib import Path

import pytest

from mailroom.project import Project
from tests.support.constraints.report import Report, take

PAGE = Path(__file__).parents[3] / "docs" / "parity.md"
LEAST_SHARE = 0.95


@pytest.fixture(scope="module")
def report() -> Report:
    return take(Project.find())


def test_nearly_every_constraint_that_a_request_can_break_is_enforced(report: Report) -> None:
    assert report.total > 7_000
    assert report.share >= LEAST_SHARE


def test_a_constraint_that_is_not_enforced_has_a_reason(report: Report) -> None:
    assert [one for one in report.unenforced if not one.reason] == []


def test_the_page_has_the_figure_and_every_constraint_that_is_not_enforced(report: Report) -> None:
    assert report.render() in PAGE.read_text(), "make parity writes docs/parity.md"
