"""Rules, and the register of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mailroom.checking.finding import Finding, Problem, Severity

if TYPE_CHECKING:
    from mailroom.checking.definitions import Definitions
    from mailroom.checking.machines.machine import Machine
    from mailroom.checking.template.stack import Stack

T = TypeVar("T")

AWS = "https://docs.aws.amazon.com/"


@dataclass(frozen=True)
class Rule:
    """One kind of defect that AWS rejects, or that fails later.

    Attributes:
        id: Its name, as suppressions and outputs have it.
        severity: Of all its findings.
        title: What is wrong, as a short noun phrase.
        why: What AWS does about it.
        page: The page of AWS's documentation that says so.
        fix: What to do about it.
        find: Yields a problem for each place that has the defect.
        module: The module that defines it.
    """

    id: str
    severity: Severity
    title: str
    why: str
    page: str
    fix: str
    find: Callable[["Definitions"], Iterator[Problem]]
    module: str

    def findings(self, definitions: "Definitions") -> Iterator[Finding]:
        """Its findings: each place and message once, even if several environments have it."""
        for problem in dict.fromkeys(self.find(definitions)):
            yield self.finding(problem)

    def finding(self, problem: Problem) -> Finding:
        """A problem as a finding of this rule."""
        return Finding(
            self.id, self.severity, problem.at, problem.message, self.why, self.page, self.fix
        )


REGISTER: dict[str, Rule] = {}


def rule(
    each: Callable[["Definitions"], Iterable[T]],
    id: str,
    severity: Severity,
    title: str,
    why: str,
    page: str,
    fix: str,
) -> Callable[[Callable[[T], Iterator[Problem]]], Callable[[T], Iterator[Problem]]]:
    """Register a function as a rule.

    Args:
        each: What of the definitions the function is called with, once for each.
        page: Path of the page under AWS's documentation, or a whole address.
    """

    def register(check: Callable[[T], Iterator[Problem]]) -> Callable[[T], Iterator[Problem]]:
        def find(definitions: "Definitions") -> Iterator[Problem]:
            for part in each(definitions):
                yield from check(part)

        address = page if page.startswith("https://") else AWS + page
        REGISTER[id] = Rule(id, severity, title, why, address, fix, find, check.__module__)
        return check

    return register


def whole(definitions: "Definitions") -> Iterable["Definitions"]:
    """For rules that check all definitions at once."""
    return [definitions]


def machines(definitions: "Definitions") -> Iterable["Machine"]:
    """For rules that check each state machine."""
    return definitions.machines


def stacks(definitions: "Definitions") -> Iterable["Stack"]:
    """For rules that check each environment."""
    return definitions.stacks
