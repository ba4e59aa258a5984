"""Reads files of messages as people have them, and says what a file is that has no messages."""

import codecs
import gzip
import io
import shlex
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from mailroom.errors import Refused

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "compressed by bzip2",
    b"\xfd7zXZ": "compressed by xz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd",
    b"SQLite format 3": "an SQLite database",
    b"PAR1": "a Parquet file",
}
PART_BYTES = 1 << 16


def read_input(name: str) -> Iterator[bytes]:
    """A file's text as UTF-8, part by part.

    Of a .gz it is what is in it; UTF-16 is converted; a byte order mark is left out.

    Args:
        name: Path; `-` is standard input.

    Raises:
        Refused: The file can't be read.
    """
    try:
        if name == "-":
            yield from _parts(cast("io.BufferedReader", sys.stdin.buffer))
            return
        with Path(name).open("rb") as source:
            yield from _parts(source)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(f"{name}: the .gz is damaged: {error}") from None
    except UnicodeDecodeError as error:
        raise Refused(f"{name}: the UTF-16 is damaged at byte {error.start + 1}") from None
    except OSError as error:
        raise Refused(f"{name}: {error.strerror}") from error


def likely_cause(path: Path, name: str) -> str | None:
    """What a file is that has problems, if it is known, and how to make JSON Lines of it.

    Args:
        path: The file.
        name: Its name for the person.
    """
    with path.open("rb") as file:
        return cause_of(file.read(PART_BYTES), name)


def cause_of(start: bytes, name: str) -> str | None:
    """The same by how the file begins."""
    for magic, kind in _ARCHIVES.items():
        if start.startswith(magic):
            return f"{name} is {kind}; unpack or convert it first"
    if b"\0" in start[:200]:
        return (
            f"{name} is not UTF-8 text; if it is UTF-16: iconv -f UTF-16 -t UTF-8 {_quoted(name)}"
        )
    found = _comma_separated(start.decode(errors="replace"))
    return f"{name} {found}" if found else None


def _quoted(name: str) -> str:
    """The name for a shell; standard input has none."""
    return "FILE" if name == "standard input" else shlex.quote(name)


def _parts(source: io.BufferedReader) -> Iterator[bytes]:
    start = source.peek(3)
    if start.startswith(_GZIP):
        with gzip.open(source) as unpacked:
            yield from _parts(cast("io.BufferedReader", unpacked))
    elif start.startswith(_UTF_16):
        text = io.TextIOWrapper(source, "utf-16", newline="")
        for part in iter(lambda: text.read(PART_BYTES), ""):
            yield part.encode()
    else:
        if start.startswith(codecs.BOM_UTF8):
            source.read(len(codecs.BOM_UTF8))
        yield from iter(lambda: source.read(PART_BYTES), b"")


def _comma_separated(start: str) -> str | None:
    """Whether the file's first two lines have the same number of cells and no JSON."""
    lines = start.splitlines()[:2]
    for separator, kind in ((",", "CSV"), ("\t", "tab-separated"), (";", "CSV with semicolons")):
        counts = {line.count(separator) for line in lines}
        if len(lines) == 2 and len(counts) == 1 and counts != {0} and "{" not in lines[0]:
            return (
                f"is {kind}; an event is an object of JSON in one line:"
                ' {"specversion":"1.0","id":…,"source":…,"type":…,"data":{…}}'
            )
    return None
