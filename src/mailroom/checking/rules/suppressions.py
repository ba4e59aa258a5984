"""Suppressions that have no reason, or that suppress nothing."""

import re
from collections.abc import Iterator

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Finding, Problem, Severity
from mailroom.checking.rule import REGISTER, rule, whole
from mailroom.checking.suppression import Suppression, find_suppressions

_PAGE = "wellarchitected/latest/framework/oe-operating-model.html"
_CFN_LINT = re.compile(r"[EWI]\d{4}")
_PACKAGE = ("package-platform", "package-size", "filter-policy-changed")


@rule(
    whole,
    id="suppression-reason",
    severity=Severity.error,
    title="a suppression without a reason",
    why="without a reason no reader can judge whether it is still needed; it suppresses nothing",
    page=_PAGE,
    fix="write the reason after the rule's name",
)
def without_reason(definitions: Definitions) -> Iterator[Problem]:
    for mark in find_suppressions(definitions):
        if not mark.reason:
            yield Problem(mark.at, f"{mark.rule} is suppressed without a reason")


@rule(
    lambda definitions: (),
    id="suppression-unused",
    severity=Severity.error,
    title="a suppression of nothing",
    why="the finding was fixed, or the comment is in the wrong place; it would hide the next "
    "finding there",
    page=_PAGE,
    fix="delete it",
)
def unused(nothing: None) -> Iterator[Problem]:
    """Needs the findings: see `unused_marks`."""
    yield from ()


def unused_marks(findings: list[Finding], marks: list[Suppression]) -> Iterator[Finding]:
    """A finding for each mark that covers none."""
    rule_of = REGISTER["suppression-unused"]
    for mark in marks:
        known = mark.rule in REGISTER or _CFN_LINT.fullmatch(mark.rule)
        message = f"{mark.rule} finds nothing here" if known else f"no rule is called {mark.rule}"
        used = any(mark.covers(finding) for finding in findings)
        if not used and mark.rule not in _PACKAGE:
            yield rule_of.finding(Problem(mark.at, message))
