"""Policy strings: wildcards, and policy variables that the request's context fills in.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from mailroom_rules.policies.context import Context

Piece: TypeAlias = "str | Literal | Variable"

VARIABLE = re.compile(r"\$\{([^}]*)\}")
NAME_AND_DEFAULT = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")


@dataclass(frozen=True, slots=True)
class Literal:
    """A character that is itself, though it would be a wildcard bare: `${*}`, `${?}`, `${$}`."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`${key}` or `${key, 'default'}`."""

    key: str
    default: str | None

    def resolve(self, context: Context) -> str | None:
        """The value that takes the variable's place, or None: a multivalued key has none."""
        value = context.get(self.key)
        if isinstance(value, str) and value:
            return value
        return self.default if value is None or value == "" else None


class UnresolvedVariableError(Exception):
    """A policy variable has no value and no default, so that nothing can match its string."""


@dataclass(frozen=True, slots=True)
class Template:
    """A policy string, split into plain text, literal characters and variables."""

    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, text: str, *, variables: bool) -> "Template":
        """Split `text`; without `variables` (version 2008-10-17) all of it is plain."""
        if not variables or "${" not in text:
            return cls((text,))
        pieces: list[Piece] = []
        end = 0
        for found in VARIABLE.finditer(text):
            if found.start() > end:
                pieces.append(text[end : found.start()])
            pieces.append(_variable(found))
            end = found.end()
        if end < len(text):
            pieces.append(text[end:])
        return cls(tuple(pieces))

    @property
    def static(self) -> bool:
        """Whether the string is the same for every request."""
        return not any(isinstance(piece, Variable) for piece in self.pieces)

    def text(self, context: Context) -> str:
        """The string with its variables filled in, its wildcards being plain characters."""
        return "".join(
            piece if isinstance(piece, str) else _value(piece, context) for piece in self.pieces
        )

    def resolve(self, context: Context) -> tuple[str | Literal, ...]:
        """The pieces with their variables filled in: a variable's value has no wildcards."""
        return tuple(
            Literal(_value(piece, context)) if isinstance(piece, Variable) else piece
            for piece in self.pieces
        )


def _variable(found: re.Match[str]) -> Piece:
    name = found[1]
    if name in ("*", "?", "$"):
        return Literal(name)
    parts = NAME_AND_DEFAULT.fullmatch(name)
    return Variable(parts[1].lower(), parts[2]) if parts else found[0]


def _value(piece: Literal | Variable, context: Context) -> str:
    if isinstance(piece, Literal):
        return piece.text
    value = piece.resolve(context)
    if value is None:
        raise UnresolvedVariableError(piece.key)
    return value


@lru_cache(maxsize=4096)
def wildcard_matcher(pieces: tuple[str | Literal, ...]) -> Callable[[str], bool]:
    """Compile a string in which `*` is any characters and `?` any one."""
    if pieces == ("*",):
        return lambda _: True
    source = wildcard_regex(tokens(pieces), lambda _: ".")
    fullmatch = re.compile(source, re.DOTALL).fullmatch
    return lambda value: fullmatch(value) is not None


def tokens(pieces: tuple[str | Literal, ...]) -> list[str | Literal]:
    """Split into wildcards (plain `*` and `?`) and literal characters."""
    split: list[str | Literal] = []
    for piece in pieces:
        if isinstance(piece, Literal):
            split.append(piece)
        else:
            split.extend(part if part in "*?" else Literal(part) for part in _split(piece))
    return split


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"([*?])", text) if part]


def wildcard_regex(parts: list[str | Literal], any_character: Callable[[int], str]) -> str:
    """Translate tokens; `any_character` gives what a wildcard at an index may stand for.

    Every `*` but the last matches as little as it can and doesn't backtrack (an atomic group), so
    that no policy can make matching slow.
    """
    stars = [index for index, part in enumerate(parts) if part == "*"]
    source = ""
    opened = False
    for index, part in enumerate(parts):
        if isinstance(part, Literal):
            source += re.escape(part.text)
        elif part == "?":
            source += any_character(index)
        else:
            source += ")" if opened else ""
            opened = index != stars[-1]
            source += f"(?>{any_character(index)}*?" if opened else f"{any_character(index)}*"
    return source
