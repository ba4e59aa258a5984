"""What pages of the documentation say that commands print, and what they print in fact.

A page's `console` blocks are its transcripts: a line after `$` is typed in a terminal, the lines up
to the next one are what the terminal then shows. `$ cat FILE` shows a file that later commands
read. A line that is `…` alone stands for any number of lines.
"""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from tests.support.terminal import seen

COLUMNS = 100
_LEFT_OUT = "…"
_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_STEP = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
# Ids that a command shows and that later commands of the page take.
_SHOWN = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What differs from one environment, and from one moment, to the next.
_VARIABLE = (
    (r"(REPORT RequestId:) .*", r"\1 …"),
    (_SHOWN.pattern, "ID"),
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?(Z|\+0000)?|\b\d\d:\d\d:\d\d(\.\d+)?", "TIME"),
    (r"(127\.0\.0\.1|localstack\.cloud):\d+", r"\1:PORT"),
    (r"-[0-9a-f]{8}(-\w{6})?\b", "-ID"),
    (r"(mailroom|mailroom_reader):[\w-]+@", r"\1:PASSWORD@"),
    (r"^(embedded|compose) environment,", "embedded environment,"),
    (r"\S+(?=/build/functions-)|(?<=in )\S+(?=: the database)", "STATE"),
    (r"(?<![\w:./])/(?:[\w.-]+/)+", "/"),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"\b\d{1,3}(,\d{3})+ bytes", "NUMBER bytes"),
    (r"functions-(x86_64|arm64)|(?<=bytes for )(x86_64|arm64)", "ARCHITECTURE"),
    (r"(host=)\S+ (port=)\d+", r"\1FOLDER \2PORT"),
    (r"(:PORT|user=postgres) +\d+$", r"\1 PID"),
    (r"\b\d{3,5}(?= is this environment's)", "PORT"),
    (r"\b\d+\.\d+\b", "DECIMAL"),
    (r"\b\d+ (ms|MB|s|min|h|d)\b", r"NUMBER \1"),
)
# Tables of what there is, to which other pages have added.
_COUNTS = re.compile(r"mailroom (queues|types)$")


@dataclass(frozen=True)
class Step:
    """One command of a page and the lines that the page shows below it."""

    command: str
    documented: list[str]


def transcript(page: Path) -> list[Step]:
    """The steps of a page, in its order."""
    blocks = _BLOCK.findall(page.read_text())
    found = [match for block in blocks for match in _STEP.findall(block)]
    return [Step(command, output.splitlines()) for command, output in found]


@dataclass
class Session:
    """A terminal in which a page's commands run, one after the other.

    Attributes:
        folder: Where they run, and where the page's files are.
        variables: Their environment variables.
        names: Ids that the page shows, and those that are in their place here.
    """

    folder: Path
    variables: Mapping[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def check(self, steps: Iterable[Step]) -> None:
        """Run steps; each shows what its page shows."""
        for step in steps:
            lines = self.run(step)
            said, documented = (alike(step.command, one) for one in (lines, step.documented))
            shown = "\n".join(lines)
            assert shows(said, documented), f"$ {step.command}\n{shown}\n\n{said}\n{documented}"

    def run(self, step: Step) -> list[str]:
        """Run a step; what the terminal shows."""
        if step.command.startswith("cat "):
            file = self.folder / shlex.split(step.command)[1]
            file.write_text("".join(f"{line}\n" for line in step.documented))
        command = step.command
        for name, here in self.names.items():
            command = command.replace(name, here)
        lines = seen(["sh", "-c", command], COLUMNS, self.folder, self.variables, wrapped=False)
        named, found = (_SHOWN.findall("\n".join(one)) for one in (step.documented, lines))
        if len(named) == len(found):
            self.names.update(zip(named, found, strict=True))
        return lines


def alike(command: str, lines: list[str]) -> list[str]:
    """Lines in which ids, times, ports, lengths and spaces are the same each time.

    Branches of a state machine run beside each other: their states are sorted.
    """
    masked = [_masked(command, line) for line in lines]
    branches = groupby(masked, lambda line: line.startswith("·"))
    return [line for inside, group in branches for line in (sorted(group) if inside else group)]


def shows(lines: list[str], documented: list[str]) -> bool:
    """Whether lines are the documented ones, of which `…` stands for any."""
    parts = [re.escape(line) if line != _LEFT_OUT else None for line in documented]
    pattern = "".join(r"(?:.*\n)*?" if part is None else f"{part}\n" for part in parts)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def _masked(command: str, line: str) -> str:
    for pattern, replacement in _VARIABLE:
        line = re.sub(pattern, replacement, line)
    if _COUNTS.search(command):
        line = re.sub(r"\b(\d+|NUMBER)\b( s| min| h| d)?|(?<= )-(?= |$)", "COUNT", line)
    return " ".join(line.split())
