"""What a check found, and where."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether AWS refuses or loses something, or whether it is merely likely to."""

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
    """What a rule's function yields: one sentence about one place."""

    at: Location
    message: str


@dataclass(frozen=True)
class Finding:
    """A problem with everything that is to be said about it.

    Attributes:
        rule: Its id.
        why: What AWS does with it.
        page: The page of AWS's documentation that says so.
        mend: What to do.
        suppressed: The reason that somebody gave for leaving it as it is.
    """

    rule: str
    severity: Severity
    at: Location
    message: str
    why: str
    page: str
    mend: str
    suppressed: str | None = None
