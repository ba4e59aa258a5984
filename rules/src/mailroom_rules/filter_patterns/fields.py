"""Patterns of events whose fields are separated by spaces: `[ip, user, ..., status = 4*]`."""

import re
from dataclasses import dataclass

from mailroom_rules.filter_patterns.comparison import (
    Comparison,
    parse_comparison,
    require_few_regexes,
)
from mailroom_rules.filter_patterns.scanner import Scanner

_ELLIPSIS = "..."
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_WORD = re.compile(r"[^\s,\]&|\"%]+")
# A field in brackets or quotes may contain spaces.
_VALUE = re.compile(r'\[([^\]]*)\]|"([^"]*)"|(\S+)')


@dataclass(frozen=True)
class Field:
    """A field, and what it has to be.

    Attributes:
        name: Its name; `...` stands for any number of fields.
        alternatives: Comparisons of which one group has to be true; none if it may be anything.
    """

    name: str
    alternatives: tuple[tuple[Comparison, ...], ...] = ()

    @property
    def literal(self) -> str:
        """Letters that an event has to contain; empty if there are none for certain."""
        group = self.alternatives[0] if len(self.alternatives) == 1 else ()
        return next((one.literal for one in group if one.literal), "")

    def matches(self, value: str) -> bool:
        """Whether a value is as the field says."""
        return not self.alternatives or any(
            all(one.matches(value) for one in group) for group in self.alternatives
        )


@dataclass(frozen=True)
class FieldPattern:
    """A pattern in brackets.

    Attributes:
        literals: Letters that an event has to contain.
    """

    fields: tuple[Field, ...]
    literals: tuple[str, ...] = ()

    def matches(self, message: str) -> bool:
        """Whether an event matches."""
        return self._values(message) is not None

    def extract(self, message: str) -> dict[str, str]:
        """The values of the named fields by `$name`; empty if the event doesn't match."""
        return self._values(message) or {}

    def _values(self, message: str) -> dict[str, str] | None:
        # Most events don't match, and to split them takes long.
        if not all(one in message for one in self.literals):
            return None
        values = [found[1] or found[2] or found[3] or "" for found in _VALUE.finditer(message)]
        gap = next((i for i, one in enumerate(self.fields) if one.name == _ELLIPSIS), None)
        if gap is None:
            fields = list(self.fields)
            if len(values) > len(fields) and not fields[-1].alternatives:
                # The last field takes the rest: `[w1=ERROR, w2]`.
                last = len(fields) - 1
                values = [*values[:last], " ".join(values[last:])]
            pairs = list(zip(fields, values, strict=False))
            if len(values) != len(fields):
                return None
        else:
            before, after = self.fields[:gap], self.fields[gap + 1 :]
            if len(values) < len(before) + len(after):
                return None
            tail = values[len(values) - len(after) :]
            pairs = [
                *zip(before, values, strict=False),
                *zip(after, tail, strict=True),
            ]
        if not all(one.matches(value) for one, value in pairs):
            return None
        return {f"${one.name}": value for one, value in pairs}


def parse_field_pattern(text: str) -> FieldPattern:
    """Parse a pattern in brackets.

    Raises:
        InvalidPattern: It is none.
    """
    scanner = Scanner(text)
    scanner.require("[")
    fields = [_field(scanner)]
    while scanner.take(","):
        fields.append(_field(scanner))
    scanner.require("]")
    scanner.skip_space()
    if scanner.rest:
        raise scanner.error("nothing may follow the bracket")
    if sum(one.name == _ELLIPSIS for one in fields) > 1:
        raise scanner.error("only one ellipsis may be there")
    require_few_regexes(
        sum(c.is_regex for one in fields for group in one.alternatives for c in group)
    )
    literals = (one.literal for one in fields)
    return FieldPattern(tuple(fields), tuple(filter(None, literals)))


def _field(scanner: Scanner) -> Field:
    if scanner.take(_ELLIPSIS) or scanner.take("…"):
        return Field(_ELLIPSIS)
    name = scanner.take_match(_NAME)
    if not name:
        raise scanner.error("the name of a field is missing")
    first = parse_comparison(scanner, _WORD)
    if first is None:
        return Field(name[0])
    groups = [[first]]
    while True:
        if scanner.take("&&"):
            groups[-1].append(_same_field(scanner, name[0]))
        elif scanner.take("||"):
            groups.append([_same_field(scanner, name[0])])
        else:
            return Field(name[0], tuple(tuple(group) for group in groups))


def _same_field(scanner: Scanner, name: str) -> Comparison:
    again = scanner.take_match(_NAME)
    comparison = parse_comparison(scanner, _WORD)
    if not again or again[0] != name or comparison is None:
        raise scanner.error(f"a condition on {name} is missing")
    return comparison
