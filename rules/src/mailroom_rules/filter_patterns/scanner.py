"""Reads the pieces that all kinds of patterns are made of: words, quoted texts and expressions."""

import re

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
_REGEX_CHARACTERS = re.compile(r"(?:\\[\x20-\x7e]|[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|*+. ])*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class InvalidPattern(ValueError):
    """The pattern is one that CloudWatch Logs refuses; the message says why."""


class Scanner:
    """A position in a pattern.

    Args:
        text: The pattern.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    @property
    def rest(self) -> str:
        """What is still to be read."""
        return self.text[self.position :]

    def skip_space(self) -> None:
        """Read white space."""
        self.position += len(self.rest) - len(self.rest.lstrip())

    def take(self, literal: str) -> bool:
        """Read white space and then a literal, if it is there."""
        self.skip_space()
        found = self.text.startswith(literal, self.position)
        if found:
            self.position += len(literal)
        return found

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Read white space and then what a regular expression matches here, if it does."""
        self.skip_space()
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found

    def require(self, literal: str) -> None:
        """Read a literal.

        Raises:
            InvalidPattern: It is not there.
        """
        if not self.take(literal):
            raise self.error(f"{literal!r} is missing")

    def take_quoted(self) -> str | None:
        """Read a text in double quotes, if one begins here.

        Raises:
            InvalidPattern: Its end is missing.
        """
        self.skip_space()
        if not self.rest.startswith('"'):
            return None
        found = self.take_match(_QUOTED)
        if not found:
            raise self.error("a quotation mark is missing")
        return _ESCAPED.sub(r"\1", found[1])

    def take_regex(self) -> re.Pattern[str] | None:
        """Read a regular expression between percent signs, if one begins here.

        Raises:
            InvalidPattern: It has no end, or something that CloudWatch Logs doesn't support.
        """
        if not self.take("%"):
            return None
        end = self.text.find("%", self.position)
        if end < 0:
            raise self.error("a percent sign is missing")
        source = self.text[self.position : end]
        self.position = end + 1
        if not source or not _REGEX_CHARACTERS.fullmatch(source):
            raise InvalidPattern(f"Invalid regular expression: %{source}%")
        try:
            return re.compile(source, re.ASCII)
        except re.error as error:
            raise InvalidPattern(f"Invalid regular expression: %{source}%: {error}") from None

    def error(self, why: str) -> InvalidPattern:
        """The error that the pattern is wrong at this position."""
        return InvalidPattern(f"Invalid filter pattern: {why} at character {self.position + 1}")
