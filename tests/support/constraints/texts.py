"""Strings that match a pattern of a service model, and strings that don't.

The expressions are tried with `regex`, which knows Java's `\\p{L}` and its kin: so it isn't the
translation that is tested which says what matches.
"""

import functools
import re._constants as sre  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

import regex  # type: ignore[import-untyped]
from mailroom_rules.limits.patterns import translate

REPEATS = (0, 1, 2, 3, 5, 8, 12, 17, 20, 32, 36, 64)
PRINTABLE = [chr(code) for code in (97, 65, 49, 45, 95, 46, 47, *range(32, 127))]
BREAKS = ("", " ", "!", "\x00", "é", "☃", "%", "^", ":", "*", "$", "a", "A", "0", "@", "\n")


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a pattern as a whole, as in Java."""
    flags = 0 if r"\p" in pattern else regex.ASCII
    return regex.fullmatch(pattern.replace(r"\w-_", r"\w\-_"), text, flags) is not None


@functools.cache
def matching(pattern: str, least: int = 0, most: float = float("inf")) -> str | None:
    """A text that matches, of a length between two; None if none was found."""
    tree = parser.parse(translate(pattern).pattern)
    for repeat in REPEATS:
        for choice in range(4):
            text = "".join(_text(tree, repeat, choice))
            if least <= len(text) <= most and matches(pattern, text):
                return text
    return None


@functools.cache
def not_matching(pattern: str, least: int = 0, most: float = float("inf")) -> str | None:
    """A text that doesn't match, if it can be of a length between two; None if all match."""
    found = None
    basis = matching(pattern, least, most) or ""
    for end in BREAKS:
        for text in (end, basis + end, basis[: len(basis) - 1] + end, end * max(least, 1)):
            if not matches(pattern, text):
                if least <= len(text) <= most:
                    return text
                found = found or text
    return found


def _text(tree: Any, repeat: int, choice: int) -> Iterator[str]:
    for operation, argument in tree:
        if operation is sre.LITERAL:
            yield chr(argument)
        elif operation is sre.NOT_LITERAL:
            yield next(one for one in PRINTABLE if one != chr(argument))
        elif operation is sre.ANY:
            yield "a"
        elif operation is sre.IN:
            yield _one_of(argument)
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = argument
            for _ in range(min(max(least, repeat), most)):
                yield from _text(inner, repeat, choice)
        elif operation is sre.SUBPATTERN:
            yield from _text(argument[-1], repeat, choice)
        elif operation is sre.BRANCH:
            branches = argument[1]
            yield from _text(branches[choice % len(branches)], repeat, choice)


def _one_of(members: Any) -> str:
    """A character of a class."""
    expression = [one for one in PRINTABLE if _is_in(members, one)]
    return expression[0] if expression else _first(members)


def _first(members: Any) -> str:
    operation, argument = members[0]
    return chr(argument[0] if operation is sre.RANGE else argument)


def _is_in(members: Any, letter: str) -> bool:
    code, found = ord(letter), False
    is_negated = members[0][0] is sre.NEGATE
    for operation, argument in members:
        if operation is sre.LITERAL:
            found |= code == argument
        elif operation is sre.RANGE:
            found |= argument[0] <= code <= argument[1]
        elif operation is sre.CATEGORY:
            found |= _is_of(argument, letter)
    return found != is_negated


def _is_of(category: Any, letter: str) -> bool:
    name = str(category)
    is_so = (
        (letter.isdigit() and "DIGIT" in name)
        or (letter.isspace() and "SPACE" in name)
        or ((letter.isalnum() or letter == "_") and "WORD" in name)
    )
    return is_so != ("NOT" in name)
