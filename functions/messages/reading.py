"""Reads messages from texts: the valid ones, and the problems of the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from messages.cloudevents.lines import Line
from messages.event import Message
from messages.problems import InvalidEvent, Problem, Reason
from messages.size import check_size


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


def _at_end(line: Line, problem: Problem) -> Problem:
    if line.ended or problem.code is not Reason.INVALID_JSON:
        return problem
    return replace(problem, reason=f"{problem.reason}; the file ends within this line")
