"""Log events as CloudWatch Logs has them, and whose they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_START = re.compile(r"^START RequestId: (\S+)")
_REPORT = "REPORT RequestId: "
_PHYSICAL = re.compile(r"(?:^|-)([A-Z][A-Za-z0-9]*?)(?:LogGroup|Function)?-[0-9A-Za-z]{8,14}$")
_WORD = re.compile(r"[A-Z][a-z0-9]*")


@dataclass(frozen=True)
class LogEvent:
    """One event of a log stream.

    Attributes:
        time: When it was logged, in milliseconds since 1970.
        message: Its text, without the line break at its end.
        stream: Name of its log stream.
        group: Name of its log group.
    """

    time: int
    message: str
    stream: str
    group: str = ""


def function_of(group: str) -> str:
    """Short name of the function that a log group is of, as far as the group's name says it.

    `stack-PublishMessagesLogGroup-1a2b3c4d` and `/aws/lambda/stack-PublishMessagesFunction-…`
    are of `publish_messages`; any other name is the function's own.
    """
    name = group.removeprefix("/aws/lambda/")
    physical = _PHYSICAL.search(name)
    return "_".join(_WORD.findall(physical[1])).lower() if physical else name


def with_requests(
    events: Iterable[LogEvent], current: dict[str, str | None] | None = None
) -> Iterator[tuple[LogEvent, str | None]]:
    """Each event with the request id of its invocation; None for what is between invocations.

    An execution environment has a log stream of its own and runs one invocation at a time. So
    the events between an invocation's START and REPORT are the invocation's, those too that do
    not have its request id.

    Args:
        events: The events.
        current: The request id of each stream at the beginning; it is updated.
    """
    current = {} if current is None else current
    for event in events:
        if start := _START.match(event.message):
            current[event.stream] = start[1]
        yield event, current.get(event.stream)
        if event.message.startswith(_REPORT):
            current[event.stream] = None


def of_invocation(events: Iterable[LogEvent], request_id: str) -> Iterator[LogEvent]:
    """The events of one invocation; what a stream has before its first START is of the first."""
    init: dict[str, list[LogEvent]] = {}
    started: set[str] = set()
    for event, request in with_requests(events):
        if request and event.stream not in started:
            started.add(event.stream)
            if request == request_id:
                yield from init.pop(event.stream, [])
        if event.stream not in started:
            init.setdefault(event.stream, []).append(event)
        elif request == request_id:
            yield event
