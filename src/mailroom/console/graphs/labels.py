"""Text that fits: how wide it is about, where to break it, where to cut it."""

import re
import unicodedata

_NARROW = frozenset("iljtfrI.,:;'|!()[]{} /\\-")
_BROAD = frozenset("mwMW@%&")
_BREAKS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[\s_./:-])")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About the width in pixels of a text in a sans-serif font; rather too much than too little."""
    return size * sum(_em(character) for character in text) * (1.1 if bold else 1.0)


def cut(text: str, size: float, most: float) -> str:
    """A text of at most some width in pixels, with an ellipsis for what is left out."""
    if width(text, size) <= most:
        return text
    room = most - width("…", size)
    kept = ""
    for character in text:
        room -= width(character, size)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…"


def wrap(text: str, size: float, most: float, lines: int) -> list[str]:
    """A text in at most some lines, broken at spaces, punctuation and capitals in a word."""
    wrapped = [""]
    for part in _BREAKS.split(text):
        if wrapped[-1] and width(wrapped[-1] + part, size) > most and len(wrapped) < lines:
            wrapped.append("")
        wrapped[-1] += part
    return [cut(line.strip(), size, most) for line in wrapped]


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.38
    if character in _BROAD:
        return 0.97
    return 0.74 if character.isupper() else 0.63
