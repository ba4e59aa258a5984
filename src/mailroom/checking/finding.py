"""Findings: what a rule found, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`error` if AWS rejects it or loses something, `warning` if that is only likely."""

    error = "error"
    warning = "warning"


@dataclass(frozen=True, order=True)
class Location:
    """A line of a file.

    Attributes:
        file: Path from the checkout's root, with slashes.
        line: Counted from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """What a rule's function yields: a message about one place."""

    at: Location
    message: str


@dataclass(frozen=True)
class Finding:
    """A problem, and what its rule says about it.

    Attributes:
        rule: Its id.
        why: What AWS does about it.
        page: The page of AWS's documentation that says so.
        fix: What to do about it.
        suppressed: The author's reason to leave it as it is; None if it isn't suppressed.
    """

    rule: str
    severity: Severity
    at: Location
    message: str
    why: str
    page: str
    fix: str
    suppressed: str | None = None
