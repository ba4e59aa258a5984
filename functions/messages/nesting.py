"""Finds nesting that is too deep without recursion, before any parser that recurses."""

import re

from messages.problems import Path

DEEPEST = 100
_NAMED_LEVELS = 4
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]', re.DOTALL)


def path_below_deepest(text: str) -> Path | None:
    """Return the first few steps of the path to what is nested deeper than DEEPEST, if any is."""
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
