"""Comments that suppress a finding in the place where it is, with the reason.

    # mailroom: ignore RULE reason          in YAML, Python and TOML: on the line, or above it
    "Comment": "mailroom: ignore RULE reason"   in a state machine's JSON: in the object it is about

A suppression covers the block that its line begins: a resource, a property, a function.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Finding, Location
from mailroom.checking.template.source import Place, Source

_MARK = re.compile(r"mailroom: ignore\s+(\S+)[ \t]*(.*)")
_COMMENT = re.compile(r"#\s*" + _MARK.pattern)


@dataclass(frozen=True)
class Suppression:
    """One mark.

    Attributes:
        rule: Whose findings it suppresses.
        reason: Why; empty when none was given, and then nothing is suppressed.
        at: The mark's own place.
        first: The first line that it covers.
        last: The last one.
    """

    rule: str
    reason: str
    at: Location
    first: int
    last: int

    def covers(self, finding: Finding) -> bool:
        """Whether it is about a finding."""
        return (
            self.rule == finding.rule
            and self.at.file == finding.at.file
            and self.first <= finding.at.line <= self.last
        )


def find_suppressions(definitions: Definitions) -> list[Suppression]:
    """All marks in the template, the definitions, the environments' files and the code."""
    found = list(_in_comments(definitions.template.file, definitions.template.lines))
    for machine in definitions.machines:
        if machine.source != definitions.template:
            found += _in_fields(machine.source)
    files = [*definitions.environments.glob("*.toml"), *definitions.functions.rglob("*.py")]
    for path in sorted(files):
        found += _in_file(path, definitions.root)
    return found


def suppress(findings: Iterable[Finding], marks: list[Suppression]) -> Iterator[Finding]:
    """The findings, those with the reason of a mark that covers them."""
    for finding in findings:
        reasons = [mark.reason for mark in marks if mark.reason and mark.covers(finding)]
        yield replace(finding, suppressed=reasons[0]) if reasons else finding


def _in_file(path: Path, root: Path) -> Iterator[Suppression]:
    text = path.read_text(errors="replace")
    if "mailroom: ignore" in text:
        yield from _in_comments(path.relative_to(root).as_posix(), text.splitlines())


def _in_comments(file: str, lines: list[str]) -> Iterator[Suppression]:
    for index, line in enumerate(lines):
        match = _COMMENT.search(line)
        if match:
            begin = index
            while begin < len(lines) and _blank(lines[begin]):
                begin += 1
            yield Suppression(
                match[1],
                match[2].strip(),
                Location(file, index + 1),
                begin + 1,
                _block_end(lines, begin) + 1,
            )


def _block_end(lines: list[str], begin: int) -> int:
    end = begin
    for index in range(begin + 1, len(lines)):
        if not _blank(lines[index]):
            if _indent(lines[index]) <= _indent(lines[begin]):
                break
            end = index
    return end


def _blank(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _in_fields(source: Source) -> Iterator[Suppression]:
    for place, comment in _comments(source.plain, ()):
        match = _MARK.search(comment)
        if match:
            at = source.at((*place, "Comment"))
            first, last = source.at(place).line, source.end(place)
            yield Suppression(match[1], match[2].strip(), at, first, last)


def _comments(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "Comment" and isinstance(item, str):
                yield place, item
            else:
                yield from _comments(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _comments(item, (*place, index))
