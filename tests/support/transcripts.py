"""What a page of the documentation says that a command prints."""

import re
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ mailroom (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
# What differs from one environment to the next, and what the page has in its place.
_VARIABLE = (
    (r"(127\.0\.0\.1|localstack\.cloud):\d+", r"\1:PORT"),
    (r"-[0-9a-f]{8}(-\w{6})?\b", "-ID"),
    (r"(mailroom|mailroom_reader):[\w-]+@", r"\1:PASSWORD@"),
    (r"^(embedded|compose) environment,", "embedded environment,"),
    (r"(/[\w.-]+)+/config:", "/config:"),
)


def transcripts(page: Path) -> list[tuple[str, str]]:
    """Each command of a page's `console` blocks, without `mailroom`, and what it prints."""
    blocks = _BLOCK.findall(page.read_text())
    return [match for block in blocks for match in _COMMAND.findall(block)]


def alike(text: str) -> str:
    """A text in which ports, ids, passwords and folders are the same for every environment."""
    for pattern, replacement in _VARIABLE:
        text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
    return text
