"""Parts of texts for a person: numbers of things, and names that may have been meant."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

# A name with one letter wrong of three is close enough: `pul` for `pull`.
_CLOSE = 0.6
# Unicode's categories of what a terminal obeys, or does not show: controls, formats (which turn
# the direction of text), surrogates, and separators of lines and paragraphs.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Line breaks, tabs, and what joins the parts of an emoji or the letters of a word.
_HARMLESS = "\n\t\u200c\u200d"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """`did you mean NAME?`, or an empty text when no known name is close."""
    names = {name.lower(): name for name in known}
    close = get_close_matches(given.lower(), names, n=3, cutoff=_CLOSE)
    if not close:
        return ""
    return f"did you mean {' or '.join(names[name] for name in close)}?"


def known_names(given: str, kind: str, known: Iterable[str]) -> str:
    """A hint: the names that are close to an unknown one, then all that are known.

    Args:
        given: The unknown name.
        kind: What the names are, in the plural.
        known: All known names.
    """
    names = list(known)
    lines = [did_you_mean(given, names), f"{kind}: {', '.join(names) or 'none'}"]
    return "\n".join(line for line in lines if line)


def first_line(error: Exception) -> str:
    """The first line of an error's message; the error's name if it has no message."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def for_terminal(text: str) -> str:
    """A text that a terminal shows as it is: control characters are written as escapes.

    So a message can't move the cursor, colour what follows it, or hide a part of itself.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        one.encode("unicode_escape").decode()
        if unicodedata.category(one) in _UNSEEN and one not in _HARMLESS
        else one
        for one in text
    )


def counted(count: int, noun: str) -> str:
    """A number and a noun: `1 row`, `2 rows`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
