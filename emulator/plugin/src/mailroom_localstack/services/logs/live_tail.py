"""Live Tail: a stream of the events that log groups get.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_LiveTail.html
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from mailroom_rules.filter_patterns import compile_pattern

from mailroom_localstack.patches import patch

PROVIDER = "localstack.services.logs.provider:LogsProvider"
UPDATE_SECONDS = 1.0
UPDATE_EVENTS = 500
SESSION_SECONDS = 3 * 60 * 60
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
SESSIONS = 15


@patch(f"{PROVIDER}.start_live_tail")
def tail_log_groups(original: Any, provider: Any, context: Any, *args: Any, **named: Any) -> Any:
    """Send the events that log groups get, once a second.

    LocalStack: answers that StartLiveTail is not implemented.

    AWS: sends sessionStart, and each second a sessionUpdate with at most 500 events, for three
    hours. Log groups are named by ARN; streams only with one group.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html

    Test: tests/parity/test_live_tail.py::test_the_events_of_a_log_group_are_sent_as_they_come
    """
    from localstack.aws.api.logs import LimitExceededException

    session = LiveTail(context.service_request, _groups(context), context.account_id)
    if sum(one.account == context.account_id for one in _sessions) >= SESSIONS:
        raise LimitExceededException("The account has too many concurrent Live Tail sessions.")
    return {"responseStream": session.stream(context.request_id)}


@tail_log_groups.also(
    "localstack.aws.protocol.serializer:ResponseSerializer._serialize_event_stream"
)
def send_errors(original: Any, serializer: Any, *args: Any) -> Any:
    """Send the error that ends an event stream as its last event."""
    from localstack.aws.api import ServiceException

    answer = original(serializer, *args)

    def parts(events: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from events
        except ServiceException as error:
            yield serializer._encode_event_payload(
                error.code, error_code=error.code, error_message=error.message or error.code
            )

    answer.response = parts(answer.response)
    return answer


class LiveTail:
    """A session.

    Args:
        request: the parameters of StartLiveTail.
        groups: moto's log groups, by the identifiers that the caller gave.
        account: whose session it is.
    """

    def __init__(self, request: dict[str, Any], groups: dict[str, Any], account: str) -> None:
        self.account = account
        self._request = request
        self._groups = groups
        self._pattern = compile_pattern(request.get("logEventFilterPattern") or "")
        self._names = set(request.get("logStreamNames") or ())
        self._prefixes = tuple(request.get("logStreamNamePrefixes") or ())
        # How many events of each stream were looked at.
        self._seen: dict[Any, int] = {}
        self._new_events()

    def stream(self, request_id: str) -> Iterator[dict[str, Any]]:
        """sessionStart, then a sessionUpdate a second until the caller ends the connection.

        Raises:
            SessionTimeoutException: three hours are over.
        """
        from localstack.aws.api.logs import SessionTimeoutException
        from localstack.runtime.events import infra_stopping

        _sessions.add(self)
        end = time.monotonic() + SESSION_SECONDS
        try:
            start = {**self._request, "requestId": request_id, "sessionId": str(uuid.uuid4())}
            yield {"sessionStart": start}
            while not infra_stopping.wait(UPDATE_SECONDS):
                if time.monotonic() >= end:
                    raise SessionTimeoutException("The session has been open for three hours.")
                yield {"sessionUpdate": self.update()}
        finally:
            _sessions.discard(self)

    def update(self) -> dict[str, Any]:
        """The events since the last update, or a sample of them, in their order."""
        found = self._new_events()
        sampled = len(found) > UPDATE_EVENTS
        if sampled:
            chosen = sorted(random.sample(range(len(found)), UPDATE_EVENTS))
            found = [found[index] for index in chosen]
        return {"sessionMetadata": {"sampled": sampled}, "sessionResults": found}

    def _new_events(self) -> list[dict[str, Any]]:
        found, seen = [], {}
        for identifier, group in self._groups.items():
            for stream in list(group.streams.values()):
                if not self._takes(stream.log_stream_name):
                    continue
                events = stream.events[self._seen.get(stream, 0) :]
                seen[stream] = self._seen.get(stream, 0) + len(events)
                found += [
                    {
                        "logStreamName": stream.log_stream_name,
                        "logGroupIdentifier": identifier,
                        "message": event.message,
                        "timestamp": event.timestamp,
                        "ingestionTime": event.ingestion_time,
                    }
                    for event in events
                    if self._pattern.matches(event.message)
                ]
        self._seen = seen
        return sorted(found, key=lambda event: event["timestamp"])

    def _takes(self, name: str) -> bool:
        if self._names:
            return name in self._names
        return name.startswith(self._prefixes) if self._prefixes else True


def _groups(context: Any) -> dict[str, Any]:
    """moto's log groups that a request names, by its identifiers.

    Raises:
        InvalidParameterException: one is no ARN, or what selects streams doesn't go together.
        ResourceNotFoundException: there is no such group.
    """
    from localstack.aws.api.logs import InvalidParameterException, ResourceNotFoundException
    from localstack.services.logs.models import get_moto_logs_backend

    request = context.service_request
    identifiers = request["logGroupIdentifiers"]
    of_streams = [name for name in ("logStreamNames", "logStreamNamePrefixes") if request.get(name)]
    if len(of_streams) > 1:
        raise InvalidParameterException(
            "logStreamNames and logStreamNamePrefixes are mutually exclusive."
        )
    if of_streams and len(identifiers) > 1:
        raise InvalidParameterException(f"{of_streams[0]} takes only one log group.")
    existing = get_moto_logs_backend(context.account_id, context.region).groups.values()
    by_arn = {group.arn.removesuffix(":*"): group for group in existing}
    for one in identifiers:
        if not one.startswith("arn:") or one.endswith("*"):
            raise InvalidParameterException(
                f"The log group identifier {one} must be an ARN that doesn't end with an asterisk."
            )
        if one not in by_arn:
            raise ResourceNotFoundException("The specified log group does not exist.")
    return {one: by_arn[one] for one in identifiers}


_sessions: set[LiveTail] = set()
