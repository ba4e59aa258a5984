"""Reads what functions logged during an execution."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mailroom.executions.execution import Attempt
from mailroom.logs.events import LogEvent, of_invocation
from mailroom.logs.sources import log_event

if TYPE_CHECKING:
    import boto3

__all__ = ["InvocationLogs", "LogEvent"]

# Lambda writes some events of an invocation before its start (its init) or after its end.
_BEFORE = timedelta(seconds=15)
_AFTER = timedelta(seconds=5)


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
            return [log_event(event, group) for page in pages for event in page["events"]]
        except client.exceptions.ResourceNotFoundException:
            return []
