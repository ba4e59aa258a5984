"""Runs the rules."""

from collections import defaultdict
from collections.abc import Iterator

from mailroom.checking.definitions import MALFORMED, Definitions
from mailroom.checking.finding import Finding, Location, Problem, Severity
from mailroom.checking.rule import REGISTER, Rule, rule
from mailroom.checking.rules import cloudformation
from mailroom.checking.rules.suppressions import unused_marks
from mailroom.checking.suppression import find_suppressions, suppress


@rule(
    lambda definitions: (),
    id="template-malformed",
    severity=Severity.error,
    title="a template that a rule can't read",
    why="a value has another type than CloudFormation's schema says; the resource is not created",
    page="AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html",
    fix="correct what cfn-lint finds, first",
)
def malformed(nothing: None) -> Iterator[Problem]:
    """Found by running the other rules: see `_findings`."""
    yield from ()


def rules() -> list[Rule]:
    """All rules by name; cfn-lint's own are not among them."""
    return sorted(REGISTER.values(), key=lambda one: one.id)


def check(definitions: Definitions) -> list[Finding]:
    """All findings, with those that are suppressed, in the order of files and lines."""
    found = [
        *cloudformation.lint(definitions),
        *_findings(definitions),
    ]
    marks = find_suppressions(definitions)
    found += list(unused_marks(found, marks))
    return sorted(suppress(found, marks), key=lambda one: (one.at, one.rule, one.message))


def _findings(definitions: Definitions) -> Iterator[Finding]:
    stopped: dict[str, list[str]] = defaultdict(list)
    for one in REGISTER.values():
        try:
            yield from list(one.findings(definitions))
        except MALFORMED as error:
            stopped[f"{type(error).__name__}: {error}"].append(one.id)
    for error_text, names in stopped.items():
        message = f"{', '.join(names)} failed: {error_text}"
        at = Location(definitions.template.file, 1)
        yield REGISTER["template-malformed"].finding(Problem(at, message))
