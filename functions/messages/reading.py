"""Reads messages from JSON Lines: the valid ones, and the problems of the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from messages.event import Message
from messages.problems import InvalidEvent, Problem, Reason
from messages.size import LARGEST_MESSAGE, check_size

_BLANK = b" \t\r\n"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """A line that isn't blank: its number, from 1, and its first 256 KB.

    `ended` is False for a last line without a line feed.
    """

    number: int
    content: bytes
    ended: bool = True

    def text(self) -> str:
        """Return the line's text, stripped of white space.

        Raises:
            InvalidEvent: when the line is longer than a message may be, or not UTF-8.
        """
        if len(self.content) > LARGEST_MESSAGE:
            raise InvalidEvent([Problem("event", f"longer than {LARGEST_MESSAGE} bytes")])
        if self.content.startswith(_BYTE_ORDER_MARK):
            raise _no_json("begins with a byte order mark")
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise _no_json(f"not UTF-8 at byte {error.start + 1}") from None


@dataclass(frozen=True)
class Accepted:
    """A valid message."""

    message: Message


@dataclass(frozen=True)
class Rejected:
    """An invalid message: its index in the input, from 0, its line, from 1, and its problems."""

    index: int
    line: int | None
    problems: list[Problem]


def lines(chunks: Iterable[bytes]) -> Iterator[Line]:
    """Yield the lines of a stream that aren't blank; one line and one chunk are in memory."""
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


def read_message(text: str) -> Message:
    """Return the message of a JSON text.

    Raises:
        InvalidEvent: when the message is invalid or too large for SNS.
    """
    message = Message(text)
    check_size(message.text.encode(), message.event.type)
    return message


def read_lines(source: Iterable[Line]) -> Iterator[Accepted | Rejected]:
    """Yield the message of each line, or its problems."""
    for index, line in enumerate(source):
        try:
            yield Accepted(read_message(line.text()))
        except InvalidEvent as error:
            yield Rejected(index, line.number, [_at_end(line, p) for p in error.problems])


def _clip(line: bytes) -> bytes:
    return line.strip(_BLANK)[: LARGEST_MESSAGE + 1]


def _no_json(reason: str) -> InvalidEvent:
    return InvalidEvent([Problem("event", reason, Reason.INVALID_JSON)])


def _at_end(line: Line, problem: Problem) -> Problem:
    if line.ended or problem.code is not Reason.INVALID_JSON:
        return problem
    return replace(problem, reason=f"{problem.reason}; the file ends within this line")
