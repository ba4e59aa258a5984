"""Reads a query's tokens."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from mailroom_rules.insights.tokens import Kind, MalformedQuery, Token, tokens, unexpected

T = TypeVar("T")
# Python writes `(?P<name>…)`, and its names are identifiers.
_GROUP = re.compile(r"\(\?<([@A-Za-z_][\w@.]*)>")


class Reader:
    """A position among the tokens of a query.

    Args:
        source: The query.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._tokens = tokens(source)
        self._position = 0

    @property
    def token(self) -> Token:
        """The token that is next."""
        return self._tokens[self._position]

    def next(self) -> Token:
        """Read a token."""
        token = self.token
        if token.kind is not Kind.END:
            self._position += 1
        return token

    def take(self, *words: str) -> Token | None:
        """Read a token if it is one of these keywords or signs."""
        return self.next() if self.token.says(*words) else None

    def require(self, *words: str) -> Token:
        """Read one of these keywords or signs.

        Raises:
            MalformedQuery: There is another token.
        """
        return self.take(*words) or self.fail()

    def read(self, *kinds: Kind) -> Token:
        """Read a token of one of these kinds.

        Raises:
            MalformedQuery: It is of another.
        """
        return self.next() if self.token.kind in kinds else self.fail()

    def listed(self, read: Callable[[], T]) -> list[T]:
        """Read what commas separate."""
        found = [read()]
        while self.take(","):
            found.append(read())
        return found

    def calls(self, *names: str) -> bool:
        """Whether a call of one of these functions is next."""
        return self.token.says(*names) and self._tokens[self._position + 1].says("(")

    def fail(self) -> Any:
        """Raise the error that the next token doesn't belong there."""
        raise unexpected(self.source, self.token.start, self.token.end)

    def refuse(self, message: str, token: Token) -> MalformedQuery:
        """The error that a token is wrong."""
        return MalformedQuery(message, token.start, token.end)

    def written(self, start: Token) -> str:
        """The query's text from a token on, as far as it was read."""
        return self.source[start.start : self._tokens[self._position - 1].end]

    def pattern(self) -> re.Pattern[str]:
        """Read a regular expression, or a text that stands for itself."""
        token = self.read(Kind.REGEX, Kind.STRING)
        if token.kind is Kind.STRING:
            return re.compile(re.escape(token.text))
        return self.regex(token)[0]

    def regex(self, token: Token) -> tuple[re.Pattern[str], list[str]]:
        """A regular expression, and the names of its groups.

        Raises:
            MalformedQuery: It is none.
        """
        names: list[str] = []

        def group(match: re.Match[str]) -> str:
            names.append(match[1])
            return f"(?P<g{len(names)}>"

        try:
            return re.compile(_GROUP.sub(group, token.text.replace(r"\/", "/"))), names
        except re.error as error:
            raise self.refuse(f"Invalid regular expression: {error}", token) from None
