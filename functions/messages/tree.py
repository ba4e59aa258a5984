"""Walks parsed JSON to name the field that is at fault."""

import re
from collections.abc import Iterator
from typing import Any

from messages.problems import Path

_FORBIDDEN = re.compile("[\0\ud800-\udfff]")
_CONTROL = re.compile("[\0-\x1f]")


def walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value within a value, itself first, with its path."""
    yield path, value
    if isinstance(value, dict):
        for key, child in value.items():
            yield from walk(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*path, index))


def find_forbidden(value: Any) -> tuple[Path, str] | None:
    """Return where a NUL character or lone surrogate is, in a key or a text, and which it is."""
    found = _find(value, _FORBIDDEN)
    if found is None:
        return None
    path, character = found
    return path, "a NUL character" if character == "\0" else "a lone surrogate"


def find_control(value: Any) -> Path | None:
    """Return where a control character is, in a key or a text."""
    found = _find(value, _CONTROL)
    return found[0] if found else None


def _find(value: Any, pattern: re.Pattern[str]) -> tuple[Path, str] | None:
    for path, node in walk(value):
        for text in (*path[-1:], node):
            match = pattern.search(text) if isinstance(text, str) else None
            if match:
                return path, match[0]
    return None
