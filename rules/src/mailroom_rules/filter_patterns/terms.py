"""Patterns of terms: `ERROR -Exiting`, `?WARN ?ERROR`, `"two words"`, `%regular expression%`."""

import re
from dataclasses import dataclass, field

from mailroom_rules.filter_patterns.scanner import InvalidPattern, Scanner

_WORD = re.compile(r'[^\s"%]+')
_PLAIN = re.compile(r"\w+")


@dataclass(frozen=True)
class TermPattern:
    """Terms that an event has to contain, may contain, and must not contain.

    CloudWatch Logs ignores the optional terms when there are others.

    Attributes:
        required: All of them have to be there.
        optional: One of them has to be there, if none is required or excluded.
        excluded: None of them may be there.
    """

    required: list[str | re.Pattern[str]] = field(default_factory=list)
    optional: list[str | re.Pattern[str]] = field(default_factory=list)
    excluded: list[str | re.Pattern[str]] = field(default_factory=list)

    def matches(self, message: str) -> bool:
        """Whether an event matches."""
        if self.optional and not self.required and not self.excluded:
            return any(_contains(message, term) for term in self.optional)
        return all(_contains(message, term) for term in self.required) and not any(
            _contains(message, term) for term in self.excluded
        )

    def extract(self, message: str) -> dict[str, str]:
        """Nothing: terms have no names."""
        return {}


def parse_terms(text: str) -> TermPattern:
    """Parse a pattern of terms.

    Raises:
        InvalidPattern: A term without quotes has a character that needs them.
    """
    scanner = Scanner(text)
    pattern = TermPattern()
    groups = {"?": pattern.optional, "-": pattern.excluded, "": pattern.required}
    scanner.skip_space()
    while scanner.rest:
        sign = next((sign for sign in ("?", "-") if scanner.take(sign)), "")
        term = _term(scanner)
        if term != "":
            groups[sign].append(term)
        scanner.skip_space()
    return pattern


def _term(scanner: Scanner) -> str | re.Pattern[str]:
    if scanner.rest[:1].isspace() or not scanner.rest:
        raise scanner.error("a term is missing")
    if regex := scanner.take_regex():
        return regex
    quoted = scanner.take_quoted()
    if quoted is not None:
        return quoted.strip()
    word = scanner.take_match(_WORD)
    if not word or not _PLAIN.fullmatch(word[0]):
        raise InvalidPattern(f"Invalid character(s) in term '{word[0] if word else ''}'")
    return word[0]


def _contains(message: str, term: str | re.Pattern[str]) -> bool:
    return term in message if isinstance(term, str) else term.search(message) is not None
