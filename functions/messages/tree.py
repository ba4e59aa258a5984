"""Finds the path to the part of a JSON document that is wrong, in its text or its parsed value."""

import re
from collections.abc import Iterator
from typing import Any

from messages.problems import Path

DEEPEST = 100
_NAMED_LEVELS = 4
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]', re.DOTALL)
_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_CONTROL = re.compile("[\0-\x1f]")


def path_below_deepest(text: str) -> Path | None:
    """Return the first steps of the path to nesting deeper than DEEPEST, without recursion.

    Call it before a parser that recurses. None when nothing is nested so deep.
    """
    if text.count("[") + text.count("{") <= DEEPEST:
        return None
    steps: list[str | int] = []
    last = ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "[{":
            steps.append(0 if token == "[" else "")
            if len(steps) > DEEPEST:
                return tuple(step for step in steps[:_NAMED_LEVELS] if step != "")
        elif token in "]}":
            if steps:
                steps.pop()
        elif token == ":" and steps:
            steps[-1] = last[1:-1]
        elif token == "," and steps and isinstance(steps[-1], int):
            steps[-1] += 1
        last = token
    return None


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield a value and all values within it, each with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))


def find_forbidden(value: Any) -> tuple[Path, str] | None:
    """Return the path of a NUL character or lone surrogate in a key or text, and which it is."""
    found = _find(value, _FORBIDDEN)
    if found is None:
        return None
    path, character = found
    return path, "a NUL character" if character == "\0" else "a lone surrogate"


def find_control(value: Any) -> Path | None:
    """Return the path of a control character in a key or text."""
    found = _find(value, _CONTROL)
    return found[0] if found else None


def _find(value: Any, pattern: re.Pattern[str]) -> tuple[Path, str] | None:
    for path, node in walk(value):
        for text in (*path[-1:], node):
            match = pattern.search(text) if isinstance(text, str) else None
            if match:
                return path, match[0]
    return None
