"""The patterns of service models, which are Java's, as Python's.

Java's `\\w` and `\\d` are ASCII, and the whole value has to match.
https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/regex/Pattern.html
"""

import functools
import re

_SPACES = r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# Inside of brackets. `\w` is letters, numbers and `_`, so it takes a little more than \p{L} does.
_CLASSES = {r"\p{ASCII}": r"\x00-\x7f", r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": _SPACES}


class UntranslatablePatternError(Exception):
    """Raised when Python has no expression for a pattern."""


@functools.cache
def translate(pattern: str) -> re.Pattern[str]:
    """The Python expression that a value has to match as a whole.

    Raises:
        UntranslatablePatternError: the pattern uses what isn't known here.
    """
    python = pattern
    # A class that stands alone needs brackets, one in brackets doesn't.
    for java, characters in _CLASSES.items():
        python = re.sub(rf"^{re.escape(java)}(?=[*+]?$)", rf"[{_escaped(characters)}]", python)
        python = python.replace(java, characters)
    # A hyphen after a class is a hyphen.
    python = re.sub(r"(\\w)-(?=[^\]])", r"\1\\-", python)
    has_unicode = python != pattern and r"\p" in pattern
    try:
        return re.compile(python, 0 if has_unicode else re.ASCII)
    except re.error as error:
        raise UntranslatablePatternError(f"{pattern}: {error}") from error


def _escaped(characters: str) -> str:
    return characters.replace("\\", r"\\")
