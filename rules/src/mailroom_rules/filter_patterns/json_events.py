"""Patterns of JSON events: `{ $.level = "ERROR" && $.n > 1 }`."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.filter_patterns.comparison import (
    Comparison,
    parse_comparison,
    require_few_regexes,
)
from mailroom_rules.filter_patterns.scanner import Scanner

_NAME = re.compile(r"\.([^\s.=<>!\[\](){}&|\"'%]+)")
_BRACKETED = re.compile(r"\.?\[\s*(?:'([^']*)'|\"([^\"]*)\")\s*\]")
_INDEX = re.compile(r"\[\s*(\d+|\*)\s*\]")
_WORD = re.compile(r"[^\s\"'%(){}&|=<>!]+")
_KEYWORDS = {
    re.compile(words.replace(" ", r"\s+") + r"\b", re.IGNORECASE): words
    for words in ("IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS", "EXISTS")
}
_ANY = "*"

Selector = tuple[str | int, ...]


@dataclass(frozen=True)
class Condition:
    """A selector with what its value has to be: a comparison, or `IS NULL` and its like."""

    selector: Selector
    test: Comparison | str

    def matches(self, event: Any) -> bool:
        """Whether one of the values that are selected is as the condition says."""
        found = list(select(event, self.selector))
        if self.test == "NOT EXISTS":
            return not found
        return any(self._holds(value) for value in found)

    def _holds(self, value: Any) -> bool:
        if isinstance(self.test, Comparison):
            return self.test.matches(value)
        constants = {"IS NULL": None, "IS TRUE": True, "IS FALSE": False}
        return self.test == "EXISTS" or value is constants[self.test]


@dataclass(frozen=True)
class Combination:
    """Conditions of which all (`&&`) or any (`||`) have to be true."""

    all: bool
    parts: "tuple[Condition | Combination, ...]"

    def matches(self, event: Any) -> bool:
        """Whether they are."""
        results = (part.matches(event) for part in self.parts)
        return all(results) if self.all else any(results)


@dataclass(frozen=True)
class JsonPattern:
    """A pattern of JSON events. An event that is no JSON object doesn't match.

    Attributes:
        literal: Letters that an event has to contain.
    """

    condition: Condition | Combination
    literal: str = ""

    def matches(self, message: str) -> bool:
        """Whether an event matches."""
        # Most events don't match, and to parse them takes long. An escape may hide a letter.
        if self.literal not in message and "\\" not in message:
            return False
        event = _event(message)
        return event is not None and self.condition.matches(event)

    def extract(self, message: str) -> dict[str, Any]:
        """Values by selector: `$.a.b`. For metric values, see `select_text`."""
        return {}


def select_text(message: str, selector: str) -> Any:
    """The value that a selector such as `$.n` finds in a JSON event; None if there is none.

    Raises:
        InvalidPattern: It is no selector.
    """
    scanner = Scanner(selector)
    parsed = _selector(scanner)
    scanner.skip_space()
    if scanner.rest:
        raise scanner.error("a selector ends")
    return next(select(_event(message), parsed), None)


def select(value: Any, selector: Selector) -> Iterator[Any]:
    """The values that a selector finds: none, one, or with a wildcard several."""
    if not selector:
        yield value
        return
    first, rest = selector[0], selector[1:]
    if first == _ANY:
        children = value if isinstance(value, list) else []
        if isinstance(value, dict):
            children = list(value.values())
        for child in children:
            yield from select(child, rest)
    elif isinstance(first, int):
        if isinstance(value, list) and first < len(value):
            yield from select(value[first], rest)
    elif isinstance(value, dict) and first in value:
        yield from select(value[first], rest)


def parse_json_pattern(text: str) -> JsonPattern:
    """Parse a pattern in braces.

    Raises:
        InvalidPattern: It is none.
    """
    scanner = Scanner(text)
    scanner.require("{")
    condition = _alternatives(scanner)
    scanner.require("}")
    scanner.skip_space()
    if scanner.rest:
        raise scanner.error("nothing may follow the brace")
    require_few_regexes(_regexes(condition))
    return JsonPattern(condition, _literal(condition))


def _alternatives(scanner: Scanner) -> Condition | Combination:
    parts = [_conjunction(scanner)]
    while scanner.take("||"):
        parts.append(_conjunction(scanner))
    return parts[0] if len(parts) == 1 else Combination(False, tuple(parts))


def _conjunction(scanner: Scanner) -> Condition | Combination:
    parts = [_atom(scanner)]
    while scanner.take("&&"):
        parts.append(_atom(scanner))
    return parts[0] if len(parts) == 1 else Combination(True, tuple(parts))


def _atom(scanner: Scanner) -> Condition | Combination:
    if scanner.take("("):
        inner = _alternatives(scanner)
        scanner.require(")")
        return inner
    selector = _selector(scanner)
    for keyword, name in _KEYWORDS.items():
        if scanner.take_match(keyword):
            return Condition(selector, name)
    comparison = parse_comparison(scanner, _WORD)
    if comparison is None:
        raise scanner.error("an operator is missing")
    return Condition(selector, comparison)


def _selector(scanner: Scanner) -> Selector:
    scanner.require("$")
    found: list[str | int] = []
    while True:
        # White space ends a selector.
        here = scanner.rest[:1]
        if here.isspace() or not here:
            break
        if bracketed := scanner.take_match(_BRACKETED):
            found.append(bracketed[1] if bracketed[1] is not None else bracketed[2])
        elif index := scanner.take_match(_INDEX):
            found.append(_ANY if index[1] == "*" else int(index[1]))
        elif name := scanner.take_match(_NAME):
            found.append(name[1])
        else:
            break
    if not found:
        raise scanner.error("a property after $ is missing")
    return tuple(found)


def _event(message: str) -> Any:
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict | list) else None


def _literal(condition: Condition | Combination) -> str:
    """Letters without which a condition can't be true; empty if there are none for certain."""
    if isinstance(condition, Combination):
        found = (_literal(part) for part in condition.parts)
        return next(filter(None, found), "") if condition.all else ""
    return condition.test.literal if isinstance(condition.test, Comparison) else ""


def _regexes(condition: Condition | Combination) -> int:
    if isinstance(condition, Combination):
        return sum(_regexes(part) for part in condition.parts)
    return int(isinstance(condition.test, Comparison) and condition.test.is_regex)
