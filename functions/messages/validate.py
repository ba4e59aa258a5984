"""Validates files of events as PublishMessagesFunction would: `python -m messages.validate FILE|-`.

Prints a report as JSON. Exits with 0, or with 2 when there are problems. `exactInline` is whether
inline input of the state machine keeps the events unchanged: each is a line, and its numbers are
those of 64 bits, as the state machine's JSON has no others. Otherwise they must be sent by S3.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from messages.cloudevents.lines import Line, lines
from messages.json_text import beyond_64_bits
from messages.reading import Accepted, Rejected, read_lines
from messages.types import message_types

_CHUNK_BYTES = 1 << 16
_MAX_SHOWN = 20


class Report:
    """The counts of a file's messages, and their problems."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter(dict.fromkeys(message_types(), 0))
        self.duplicates = 0
        self.bytes = 0
        self.exact_inline = True
        self.problems: list[dict[str, object]] = []
        self.problem_count = 0
        self._seen: set[tuple[str, str, bytes]] = set()

    def looked_at(self, source: Iterable[Line]) -> Iterator[Line]:
        """Yield lines unchanged, and note whether each event is a line."""
        for line in source:
            self.exact_inline = self.exact_inline and line.alone
            yield line

    def accept(self, accepted: Accepted) -> None:
        """Count a valid line."""
        message = accepted.message
        key = (message.event.source, message.event.id, bytes.fromhex(message.digest))
        self.duplicates += key in self._seen
        self._seen.add(key)
        self.types[message.event.type] += 1
        self.bytes += len(message.text.encode())
        self.exact_inline = self.exact_inline and not beyond_64_bits(message.value)

    def reject(self, rejected: Rejected) -> None:
        """Count the problems of an invalid line."""
        self.problem_count += len(rejected.problems)
        for problem in rejected.problems[: _MAX_SHOWN - len(self.problems)]:
            self.problems.append(
                {"line": rejected.line, "field": problem.field, "reason": problem.reason}
            )

    def as_json(self) -> str:
        """Return the report as one line of JSON."""
        return json.dumps(
            {
                "valid": self.types.total(),
                "types": dict(self.types),
                "duplicates": self.duplicates,
                "bytes": self.bytes,
                "exactInline": self.exact_inline,
                "problems": self.problems,
                "problemCount": self.problem_count,
            }
        )


def validate(chunks: Iterable[bytes]) -> Report:
    """Return the report on a stream of events; see messages.cloudevents.lines."""
    report = Report()
    for result in read_lines(report.looked_at(lines(chunks))):
        if isinstance(result, Accepted):
            report.accept(result)
        else:
            report.reject(result)
    return report


def main(arguments: list[str]) -> int:
    """Validate the file that the arguments name and print the report."""
    if len(arguments) != 1:
        print("usage: python -m messages.validate FILE|-", file=sys.stderr)
        return 64
    try:
        report = _validate_file(arguments[0])
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
        return 66
    print(report.as_json())
    return 2 if report.problem_count else 0


def _validate_file(name: str) -> Report:
    if name == "-":
        return validate(_chunks(sys.stdin.buffer))
    with Path(name).open("rb") as file:
        return validate(_chunks(file))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(partial(file.read, _CHUNK_BYTES), b"")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
