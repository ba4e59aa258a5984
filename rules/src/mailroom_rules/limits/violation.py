"""What a request does wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of constraint that a service model has."""

    REQUIRED = "required"
    MIN = "min"
    MAX = "max"
    PATTERN = "pattern"
    ENUM = "enum"


@dataclass(frozen=True, slots=True)
class Violation:
    """One value that its constraint doesn't allow.

    Attributes:
        kinds: what kinds of constraint it fails; more than one where AWS reports the elements of a
            list in one sentence.
        at: path to it as AWS writes it, `environment.variables` or `entries.1.member.source`.
        members: the same path, as names of members.
        value: the value as AWS writes it; None where the model calls it sensitive.
        sentence: what AWS says that it has to be.
        offender: the value itself, or the element of it that fails.
    """

    kinds: tuple[Kind, ...]
    at: str
    members: tuple[str, ...]
    value: str | None
    sentence: str
    offender: object = None

    def __str__(self) -> str:
        """The sentence of one error."""
        value = "" if self.value is None else f" {self.value}"
        return f"Value{value} at '{self.at}' failed to satisfy constraint: {self.sentence}"


def sentence_of(violations: Sequence[Violation]) -> str:
    """The message that AWS gives for all of them."""
    errors = "error" if len(violations) == 1 else "errors"
    return f"{len(violations)} validation {errors} detected: {'; '.join(map(str, violations))}"
