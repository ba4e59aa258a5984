"""Splits files of events into chunks, and validates them: `python -m publish_messages.split SEEN`.

Standard input has each file in parts, before each its length in four bytes; a length of 0 ends a
file. On standard output each chunk is a line of JSON, what docs/volume.md says of one in a
manifest without its key, and then its bytes. At each file's end there is a line with its report,
as messages.validate prints it. After an invalid event no chunk follows.

An event that is identical to an earlier one is left out. Which events there were is in a database
of SQLite, the file SEEN, so that memory doesn't grow with their number.
"""

import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b, sha256
from typing import BinaryIO

from messages.cloudevents.lines import lines
from messages.event import Message
from messages.reading import Accepted, read_lines
from messages.size import LARGEST_CHUNK, MOST_IN_CHUNK
from messages.validate import Report


class Seen:
    """The events so far, as 16 bytes each."""

    def __init__(self, path: str) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("CREATE TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, message: Message) -> bool:
        """Add an event, and return whether it is new."""
        event = message.event
        text = json.dumps([event.source, event.id, message.digest])
        key = blake2b(text.encode(), digest_size=16).digest()
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?)", [key])
        return added.rowcount == 1


class Splitter:
    """Writes chunks, and holds the one that is being filled."""

    def __init__(self, seen: Seen, target: BinaryIO) -> None:
        self._seen = seen
        self._target = target
        self._valid = True
        self._begin()

    def read(self, file: Iterator[bytes]) -> None:
        """Split one file, and write its report."""
        report = Report()
        for result in read_lines(lines(file)):
            if isinstance(result, Accepted):
                self._add(result.message)
            else:
                self._valid = False
                report.reject(result)
        self._target.write(b'{"report": %b}\n' % report.as_json().encode())

    def flush(self) -> None:
        """Write what is there as a chunk."""
        if self._lines and self._valid:
            content = b"".join(self._lines)
            chunk = {
                "count": len(self._lines),
                "bytes": len(content),
                "sha256": sha256(content).hexdigest(),
                "types": self._types,
                "duplicates": self._duplicates,
            }
            self._target.write(b"%b\n%b" % (json.dumps(chunk).encode(), content))
            self._target.flush()
        self._begin()

    def _begin(self) -> None:
        self._lines: list[bytes] = []
        self._bytes = 0
        self._types: Counter[str] = Counter()
        self._duplicates = 0

    def _add(self, message: Message) -> None:
        if not self._seen.add(message):
            self._duplicates += 1
            return
        line = message.text.encode() + b"\n"
        if len(self._lines) == MOST_IN_CHUNK or self._bytes + len(line) > LARGEST_CHUNK:
            self.flush()
        self._lines.append(line)
        self._bytes += len(line)
        self._types[message.event.type] += 1


def files(source: BinaryIO) -> Iterator[Iterator[bytes]]:
    """Yield the parts of each file of a stream; each file must be read to its end."""
    while length := source.read(4):
        yield _parts(source, length)


def _parts(source: BinaryIO, length: bytes) -> Iterator[bytes]:
    while size := int.from_bytes(length):
        yield source.read(size)
        length = source.read(4)


def main(arguments: list[str]) -> int:
    """Split standard input."""
    splitter = Splitter(Seen(arguments[0]), sys.stdout.buffer)
    for file in files(sys.stdin.buffer):
        splitter.read(file)
    splitter.flush()
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
