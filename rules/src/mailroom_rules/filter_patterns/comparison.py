"""Compares a value of a log event with an operand: `= "a*"`, `!= %b%`, `>= 1e3`."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailroom_rules.filter_patterns.scanner import InvalidPattern, Scanner

_OPERATOR = re.compile(r"!=|>=|<=|=|>|<")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
# `inf` and `nan`; a number may be written in several ways, and a word in one.
LETTERS_OF_NUMBER = 3
_ORDERED: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Comparison:
    """An operator with its operand.

    Attributes:
        operator: `=`, `!=`, `>`, `>=`, `<` or `<=`.
        text: Matches texts that are equal.
        number: The operand as a number, if it is one.
        is_regex: Whether the operand is a regular expression.
        literal: Letters that a value has to contain; empty if there are none for certain.
    """

    operator: str
    text: re.Pattern[str]
    number: float | None
    is_regex: bool = False
    literal: str = ""

    def matches(self, value: Any) -> bool:
        """Whether a JSON value, or a text of the event, is as the operand says."""
        if self.operator == "=":
            return self._equals(value)
        if self.operator == "!=":
            return not self._equals(value)
        found = _as_number(value)
        assert self.number is not None
        return found is not None and _ORDERED[self.operator](found, self.number)

    def _equals(self, value: Any) -> bool:
        if value is None or isinstance(value, dict | list):
            return False
        if isinstance(value, bool):
            value = str(value).lower()
        if self.number is not None and (found := _as_number(value)) is not None:
            return found == self.number
        text = value if isinstance(value, str) else repr(value)
        if self.is_regex:
            return self.text.search(text) is not None
        return self.text.fullmatch(text) is not None


def parse_comparison(scanner: Scanner, word: re.Pattern[str]) -> Comparison | None:
    """Read an operator and its operand, if an operator is here.

    Args:
        scanner: The position.
        word: What an operand without quotes may be.

    Raises:
        InvalidPattern: The operand is missing, or is no number where one is needed.
    """
    found = scanner.take_match(_OPERATOR)
    if not found:
        return None
    if regex := scanner.take_regex():
        return _checked(Comparison(found[0], regex, None, is_regex=True), scanner)
    quoted = scanner.take_quoted()
    if quoted is not None:
        literal = _literal(found[0], quoted)
        return _checked(Comparison(found[0], wildcard(quoted), None, literal=literal), scanner)
    plain = scanner.take_match(word)
    if not plain or not plain[0]:
        raise scanner.error(f"a value after {found[0]} is missing")
    number = float(plain[0]) if _NUMBER.fullmatch(plain[0]) else None
    literal = _literal(found[0], plain[0])
    return _checked(Comparison(found[0], wildcard(plain[0]), number, literal=literal), scanner)


def wildcard(text: str) -> re.Pattern[str]:
    """An expression for a text in which `*` stands for any characters."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def _literal(sign: str, operand: str) -> str:
    """Letters that an event has to contain; so few that they may stand for a number don't count."""
    longest = max(operand.split("*"), key=len)
    return longest if sign == "=" and longest.isalpha() and len(longest) > LETTERS_OF_NUMBER else ""


def _checked(comparison: Comparison, scanner: Scanner) -> Comparison:
    if comparison.operator in _ORDERED and comparison.number is None:
        raise scanner.error(f"{comparison.operator} needs a number")
    return comparison


def _as_number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return None


def require_few_regexes(count: int) -> None:
    """Check the number of regular expressions in a pattern of JSON or of fields.

    Raises:
        InvalidPattern: They are more than two.
    """
    if count > 2:
        raise InvalidPattern("Invalid filter pattern: it has more than 2 regular expressions")
