"""Reads what functions logged during an execution."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mailroom.executions.execution import Attempt

if TYPE_CHECKING:
    import boto3

_START = re.compile(r"^START RequestId: (\S+)")
_REPORT = "REPORT RequestId: "
# Lambda writes some events of an invocation before its start (its init) or after its end.
_BEFORE = timedelta(seconds=15)
_AFTER = timedelta(seconds=5)


@dataclass(frozen=True)
class LogEvent:
    """One event of a log stream.

    Attributes:
        time: When it was logged, in milliseconds since 1970.
        message: Its text, without the line break at its end.
        stream: Name of its log stream.
    """

    time: int
    message: str
    stream: str


class InvocationLogs:
    """The logs of invocations, read once for each function.

    Args:
        session: A session of the account.
    """

    def __init__(self, session: "boto3.Session") -> None:
        self._session = session
        self._groups: dict[str, str] = {}

    def of(self, attempt: Attempt) -> list[LogEvent]:
        """What the function logged in the invocation of an attempt, START and REPORT included.

        Empty without a request id, and when the log group is not there.
        """
        if not attempt.function or not attempt.request_id:
            return []
        until = attempt.ended or datetime.now(attempt.scheduled.tzinfo)
        events = self._events(
            self.group(attempt.function), attempt.scheduled - _BEFORE, until + _AFTER
        )
        return list(of_invocation(events, attempt.request_id))

    def group(self, function: str) -> str:
        """Name of a function's log group; `function` is a name or an ARN."""
        if function not in self._groups:
            client = self._session.client("lambda")
            settings = client.get_function_configuration(FunctionName=function)
            named = settings.get("LoggingConfig", {}).get("LogGroup")
            self._groups[function] = named or f"/aws/lambda/{settings['FunctionName']}"
        return self._groups[function]

    def _events(self, group: str, since: datetime, until: datetime) -> list[LogEvent]:
        client = self._session.client("logs")
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group,
            startTime=int(since.timestamp() * 1000),
            endTime=int(until.timestamp() * 1000),
        )
        try:
            return [_event(event) for page in pages for event in page["events"]]
        except client.exceptions.ResourceNotFoundException:
            return []


def of_invocation(events: list[LogEvent], request_id: str) -> Iterator[LogEvent]:
    """The events of one invocation, in their order.

    An execution environment has a log stream of its own and runs one invocation at a time. So
    the events between an invocation's START and REPORT are the invocation's, those too that do
    not have its request id. What a stream has before its first START is the init's.
    """
    current: dict[str, str] = {}
    init: dict[str, list[LogEvent]] = {}
    for event in events:
        if start := _START.match(event.message):
            if event.stream not in current and start[1] == request_id:
                yield from init.get(event.stream, [])
            current[event.stream] = start[1]
        if event.stream not in current:
            init.setdefault(event.stream, []).append(event)
        elif current[event.stream] == request_id:
            yield event
        if event.message.startswith(_REPORT):
            current[event.stream] = ""


def _event(event: Any) -> LogEvent:
    return LogEvent(event["timestamp"], event["message"].rstrip(), event["logStreamName"])
