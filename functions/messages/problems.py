"""What is wrong with an event, by field."""

import re
from dataclasses import dataclass
from enum import StrEnum

WHOLE_EVENT = "event"
Path = tuple[str | int, ...]
_LONGEST_REASON = 200
_LONGEST_FIELD = 120
# pydantic's sentences are about inputs. The first pattern that matches counts.
# https://docs.pydantic.dev/latest/errors/validation_errors/
_PLAIN = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        ("Field required", "is missing"),
        ("Extra inputs are not permitted", "unknown field"),
        ("(Input should be|Value must be) a valid string.*", "a text is required"),
        ("Input should be a valid integer.*", "a whole number is required"),
        ("Input should be a valid (number|decimal).*", "a number is required"),
        ("Decimal input should be .*", "a decimal number is required"),
        ("Input should be a valid boolean.*", "true or false is required"),
        (
            "Input should be (a valid dictionary|an object|a valid dictionary or object).*",
            "an object is required",
        ),
        ("Input should be a valid (list|tuple|set).*", "a list is required"),
        ("Input should be a valid datetime.*", "a time is required"),
        ("Input should be a valid date.*", "a date is required"),
        ("Input should be a valid UUID.*", "a UUID is required"),
        ("Input should be None", "null is required"),
        ("Input should be greater than or equal to ", "must be at least "),
        ("Input should be less than or equal to ", "must be at most "),
        ("(Input|String|List|Set|Tuple|Dictionary|Decimal|Data|Value) should ", "must "),
        ("must be (a valid|an instance of) ", "must be "),
    )
)


class Reason(StrEnum):
    """Why a message can never be ingested: the attribute `reason` of its dead letter."""

    INVALID_JSON = "invalid_json"
    INVALID_MESSAGE = "invalid_message"
    WRONG_TYPE = "wrong_type"
    CONFLICTING_DUPLICATE = "conflicting_duplicate"
    UNSTORABLE = "unstorable"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Problem:
    """One field of an event and what is wrong with it."""

    field: str
    reason: str
    code: Reason = Reason.INVALID_MESSAGE

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class InvalidEvent(Exception):
    """Raised when a text is not an event that can be ingested exactly as it was sent."""

    def __init__(self, problems: list[Problem], value: object = None) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems
        self.value = value


def problem(path: Path, reason: str, code: Reason) -> Problem:
    """Return a problem whose field is the path within the event, as in `data.details.list[3]`."""
    reason = _clip(plain(reason), _LONGEST_REASON)
    return Problem(_clip(field_name(path), _LONGEST_FIELD), reason, code)


def plain(reason: str) -> str:
    """Return a reason of pydantic's in the words of the others; others are returned as they are."""
    for pattern, words in _PLAIN:
        if pattern.match(reason):
            return pattern.sub(words, reason)
    return reason


def field_name(path: Path) -> str:
    """Return a path as a printable name."""
    name = ""
    for part in path:
        if isinstance(part, int):
            name += f"[{part}]"
        else:
            name += f".{printable(part)}" if name else printable(part)
    return name or WHOLE_EVENT


def printable(text: str) -> str:
    """Return a text with all characters that aren't printable as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _clip(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
