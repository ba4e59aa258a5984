"""The words of a query, and where they stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Kind(StrEnum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    PERIOD = "period"
    REGEX = "regex"
    STRING = "string"
    SYMBOL = "symbol"
    END = "end"


class MalformedQuery(ValueError):
    """The query is one that CloudWatch Logs refuses.

    Attributes:
        start, end: The offsets of the text that is wrong.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, text or sign of a query.

    Attributes:
        text: What it says: a string without its quotation marks, a name without back quotes.
        quoted: Whether it is a name in back quotes, which is no keyword.
    """

    kind: Kind
    text: str
    start: int
    end: int
    quoted: bool = False

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords or signs; keywords are in lower case."""
        if self.kind is Kind.SYMBOL:
            return self.text in words
        return self.kind is Kind.NAME and not self.quoted and self.text.lower() in words


# A slash begins a regular expression after these, and divides after anything else.
_BEFORE_REGEX = {"like", "parse", "=~", "split", "on"}
_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<quoted>`[^`]*`)
    |(?P<period>\d+(?:milliseconds?|ms|msecs?|seconds?|s|secs?|minutes?|m|mins?|hours?|h|hrs?
        |days?|d|weeks?|w|months?|mo|mons?|quarters?|q|qtrs?|years?|y|yrs?)\b)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[@A-Za-z_][@\w]*(?:\.(?:[@\w]+|`[^`]*`))*)
    |(?P<symbol>=~|!=|<=|>=|[=<>()\[\],|+\-*/%^])""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/", re.DOTALL)


def tokens(text: str) -> list[Token]:
    """The tokens of a query, the last of which is its end.

    Raises:
        MalformedQuery: Something is no token.
    """
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] == "/" and _expects_regex(found):
            match = _REGEX.match(text, position)
            if match is None:
                raise unexpected(text, position, position + 1)
            found.append(Token(Kind.REGEX, match[1], position, match.end()))
            position = match.end()
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise unexpected(text, position, position + 1)
        found.extend(_token(match))
        position = match.end()
    return [*found, Token(Kind.END, "", len(text), len(text))]


def unexpected(text: str, start: int, end: int) -> MalformedQuery:
    """The error that a query has a word where it doesn't belong."""
    before = text[:start]
    line, column = before.count("\n") + 1, start - before.rfind("\n")
    symbol = text[start:end] or "<EOF>"
    message = f"unexpected symbol found {symbol} at line {line} and position {column}"
    return MalformedQuery(message, start, end)


def _expects_regex(before: list[Token]) -> bool:
    if not before:
        return False
    if before[-1].text.lower() in _BEFORE_REGEX:
        return True
    # `parse @message /…/`
    return len(before) > 1 and before[-2].says("parse")


def _token(match: re.Match[str]) -> Iterator[Token]:
    kind, text = match.lastgroup, match[0]
    place = match.start(), match.end()
    if kind == "space":
        return
    if kind == "string":
        yield Token(Kind.STRING, _ESCAPED.sub(r"\1", text[1:-1]), *place)
    elif kind == "quoted":
        yield Token(Kind.NAME, text[1:-1], *place, quoted=True)
    elif kind == "name":
        yield Token(Kind.NAME, text.replace("`", ""), *place, quoted="`" in text)
    else:
        yield Token(Kind(str(kind)), text, *place)
