"""Each rule finds its broken fixture, at each line that is marked."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Finding
from mailroom.checking.rule import REGISTER
from mailroom.checking.run import rules

type Load = Callable[[str], Definitions]

# These look at what the other rules found, or at a built package: see their own tests.
_APART = {"suppression-unused", "package-platform", "package-size", "template-malformed"}
_RULES = [one.id for one in rules() if one.id not in _APART]


@pytest.mark.parametrize("rule", _RULES)
def test_a_rule_finds_its_broken_fixture(rule: str, load: Load) -> None:
    definitions = load(rule)

    findings = list(REGISTER[rule].findings(definitions))

    assert findings
    marked = _marked(definitions.root, findings)
    assert marked <= {finding.at.line for finding in findings}


@pytest.mark.parametrize("rule", [one.id for one in rules()])
def test_a_rule_says_what_why_where_and_how_to_fix_it(rule: str) -> None:
    said = REGISTER[rule]

    assert said.title
    assert said.why
    assert said.fix
    # One is about what GitHub does.
    pages = ("https://docs.aws.amazon.com/", "https://docs.github.com/en/actions/")
    assert said.page.startswith(pages)


def _marked(root: Path, findings: list[Finding]) -> set[int]:
    """The lines that a fixture marks, in the file that the findings are in."""
    lines = (root / findings[0].at.file).read_text().splitlines() if findings else []
    return {number for number, line in enumerate(lines, 1) if re.search(r"# here", line)}
