"""Splits a stream into the texts of events: lines, the elements of arrays, and indented objects.

A file of events is JSON Lines. Where an array of events begins at the beginning of a line, as in
CloudEvents' batch format, its elements are events, on one line or on many. An object whose first
line is `{` alone ends where its brace closes.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format
"""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from messages.problems import InvalidEvent, Problem, Reason
from messages.size import LARGEST_MESSAGE

_BLANK = b" \t\r"
_SPACE = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ONE_LINE = bytes.maketrans(b"\r\n", b"  ")
_OPENS = re.compile(rb"[ \t\r]*(?:(\[)|\{[ \t\r]*\n)")
_OUTSIDE = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'["\\]')


@dataclass(frozen=True)
class Line:
    """The text of an event: the number of the line where it begins, from 1, and its first 256 KB.

    Attributes:
        number: The line.
        content: The text's bytes, stripped of white space.
        ended: False for what the end of the file cuts off, or a last line without a line feed.
        alone: Whether it is a line of its own, not an element of an array or several lines.
    """

    number: int
    content: bytes
    ended: bool = True
    alone: bool = True

    def text(self) -> str:
        """Return the text.

        Raises:
            InvalidEvent: when it is longer than a message may be, or not UTF-8.
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
    """Yield the texts of a stream's events; one of them and one chunk are in memory."""
    number, pending = 1, b""
    document: _Document | None = None
    for chunk in chunks:
        data, place = pending + chunk, 0
        while place < len(data):
            if document is None and (opening := _OPENS.match(data, place)):
                document = _Document(number, is_array=opening[1] is not None)
                place = opening.end(1) if opening[1] else place
            if document is not None:
                place = yield from document.read(data, place)
                if document.closed:
                    number, document = document.line, None
                continue
            end = data.find(b"\n", place)
            if end < 0:
                break
            if content := _clip(data[place:end]):
                yield Line(number, content)
            number, place = number + 1, end + 1
        pending = data[place:][: LARGEST_MESSAGE * 2]
    if document is not None:
        yield document.rest()
    elif content := _clip(pending):
        yield Line(number, content, ended=False)


class _Document:
    """An array of events, after its bracket, or an event of several lines.

    Attributes:
        line: The number of the line that was reached.
        closed: Whether the last bracket has closed.
    """

    def __init__(self, line: int, *, is_array: bool) -> None:
        self.line = line
        self.closed = False
        self._is_array = is_array
        self._depth = int(is_array)
        self._in_string = self._escaped = self._after_comma = False
        self._begun = line
        self._text = bytearray()

    def read(self, data: bytes, place: int) -> Generator[Line, None, int]:
        """Yield the events that end in a part of the stream; return the place that was reached."""
        while place < len(data) and not self.closed:
            if self._escaped:
                self._escaped = False
                self._keep(data[place : place + 1])
                place += 1
                continue
            found = (_IN_STRING if self._in_string else _OUTSIDE).search(data, place)
            if found is None:
                self._keep(data[place:])
                return len(data)
            self._keep(data[place : found.start()])
            place, token = found.end(), found[0]
            ends = self._ends(token)
            separates = ends and self._is_array and token in (b",", b"]")
            if not separates:
                self._keep(token)
            if ends and (self._text or self._after_comma or token == b","):
                yield self._take()
            if ends:
                self._after_comma = token == b","
        return place

    def rest(self) -> Line:
        """Return what is there of the event that the end of the file cuts off."""
        self._keep(b"")
        if self._is_array:
            self._text[:0] = b"["
        return self._take(ended=False)

    def _ends(self, token: bytes) -> bool:
        """Go on by a token; return whether it ends an event."""
        if token == b"\\":
            self._escaped = True
        elif token == b'"':
            self._in_string = not self._in_string
        elif token in (b"[", b"{"):
            self._depth += 1
        elif token != b",":
            self._depth -= 1
        self.closed = self._depth == 0
        return self.closed or (self._is_array and self._depth == 1 and token == b",")

    def _keep(self, part: bytes) -> None:
        if not self._text:
            rest = part.lstrip(_SPACE)
            self.line += part[: len(part) - len(rest)].count(b"\n")
            self._begun, part = self.line, rest
        self.line += part.count(b"\n")
        if not self._in_string:
            part = part.translate(_ONE_LINE)
        if len(self._text) <= LARGEST_MESSAGE:
            self._text += part

    def _take(self, *, ended: bool = True) -> Line:
        content = bytes(self._text).rstrip(_SPACE)[: LARGEST_MESSAGE + 1]
        self._text.clear()
        return Line(self._begun, content, ended=ended, alone=False)


def _clip(line: bytes) -> bytes:
    return line.strip(_BLANK)[: LARGEST_MESSAGE + 1]


def _no_json(reason: str) -> InvalidEvent:
    return InvalidEvent([Problem("event", reason, Reason.INVALID_JSON)])
