"""Reads JSON Lines from a stream of bytes, however long its lines are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from messages.problems import InvalidEvent, Problem, Reason
from messages.size import LARGEST_MESSAGE

_BLANK = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """A line that isn't blank: its number from 1 on, and little more than 256 KB of it."""

    number: int
    content: bytes
    ended: bool = True

    def text(self) -> str:
        """Return the line's text without white space around it.

        Raises:
            InvalidEvent: when it is too long for a message, or is not UTF-8.
        """
        if len(self.content) > LARGEST_MESSAGE:
            raise InvalidEvent([Problem("event", f"longer than {LARGEST_MESSAGE} bytes")])
        if self.content.startswith(_BYTE_ORDER_MARK):
            raise _no_json("begins with a byte order mark")
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise _no_json(f"not UTF-8 at byte {error.start + 1}") from None


def lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Yield the lines of a stream that aren't blank, holding one line and one chunk at a time."""
    number, pending = 1, b""
    for chunk in chunks:
        *complete, rest = chunk.split(b"\n")
        for part in complete:
            content = _clip(pending + part)
            pending = b""
            if content:
                yield Line(number, content)
            number += 1
        pending = (pending + rest)[: LARGEST_MESSAGE * 2]
    if content := _clip(pending):
        yield Line(number, content, ended=False)


def _clip(line: bytes) -> bytes:
    return line.strip(_BLANK)[: LARGEST_MESSAGE + 1]


def _no_json(reason: str) -> InvalidEvent:
    return InvalidEvent([Problem("event", reason, Reason.INVALID_JSON)])
