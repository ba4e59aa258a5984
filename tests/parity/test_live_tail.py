"""CloudWatch Logs: Live Tail."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.config import Config

from tests.parity.endpoint import Endpoint, code_of

TAIL = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_LiveTail.html"
API = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference"
STREAMS = "web-1", "web-2", "job"


class Tail:
    """A log group with streams, and sessions that tail it."""

    def __init__(self, endpoint: Endpoint, group: str) -> None:
        # AWS answers at streaming-logs.REGION; an engine has no names below its own.
        prefixed = Config(inject_host_prefix=endpoint.eventual)
        self.logs = endpoint.client("logs", config=prefixed)
        self.group, self._seconds = group, endpoint.seconds
        self.arn = f"arn:aws:logs:{endpoint.region}:{endpoint.account}:log-group:{group}"
        for stream in STREAMS:
            self.logs.create_log_stream(logGroupName=group, logStreamName=stream)

    def put(self, stream: str, *messages: str) -> None:
        """Log events."""
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": message} for message in messages]
        self.logs.put_log_events(logGroupName=self.group, logStreamName=stream, logEvents=events)

    def start(self, cleanup: ExitStack, **more: Any) -> Iterator[dict[str, Any]]:
        """Start a session; what it sends, until a behaviour may have taken its time."""
        started = self.logs.start_live_tail(logGroupIdentifiers=[self.arn], **more)
        stream = started["responseStream"]
        cleanup.callback(stream.close)
        deadline = time.monotonic() + self._seconds
        for event in stream:
            yield event
            assert time.monotonic() < deadline, "waited in vain for the events"

    def refusal(self, *groups: str, **more: Any) -> str:
        """The code of the error with which a session is refused."""
        return code_of(
            lambda: self.logs.start_live_tail(
                logGroupIdentifiers=list(groups or [self.arn]), **more
            )
        )


@pytest.fixture
def tail(endpoint: Endpoint, log_group: str) -> Tail:
    """A log group to tail."""
    return Tail(endpoint, log_group)


def until(session: Iterator[dict[str, Any]], last: str) -> list[dict[str, Any]]:
    """The log events that a session sends until one has a message."""
    found: list[dict[str, Any]] = []
    for event in session:
        found += event["sessionUpdate"]["sessionResults"]
        if last in [one["message"] for one in found]:
            return found
    raise AssertionError("the session ended")


@pytest.mark.behaviour(f"{API}/API_StartLiveTail.html")
def test_the_events_of_a_log_group_are_sent_as_they_come(tail: Tail, cleanup: ExitStack) -> None:
    tail.put("job", "before")
    session = tail.start(cleanup)
    start = next(session)["sessionStart"]

    tail.put("job", "first")
    tail.put("web-1", "last")
    found = until(session, "last")

    assert start["logGroupIdentifiers"] == [tail.arn]
    assert start["sessionId"]
    assert [(one["logStreamName"], one["message"]) for one in found] == [
        ("job", "first"),
        ("web-1", "last"),
    ]
    assert found[0]["ingestionTime"] >= found[0]["timestamp"]
    # A second without events has an update too.
    assert next(session)["sessionUpdate"]["sessionResults"] == []


@pytest.mark.behaviour(TAIL)
def test_live_tail_sends_what_matches_a_pattern_and_is_in_the_streams(
    tail: Tail, cleanup: ExitStack
) -> None:
    session = tail.start(
        cleanup, logStreamNamePrefixes=["web-"], logEventFilterPattern='{ $.level = "ERROR" }'
    )
    assert next(session)["sessionStart"]["logStreamNamePrefixes"] == ["web-"]

    for stream in STREAMS:
        tail.put(stream, '{"level": "INFO"}', f'{{"level": "ERROR", "of": "{stream}"}}')
    tail.put("web-2", '{"level": "ERROR", "last": true}')
    found = until(session, '{"level": "ERROR", "last": true}')

    assert {one["logStreamName"] for one in found} == {"web-1", "web-2"}
    assert len(found) == 3


@pytest.mark.behaviour(f"{API}/API_LiveTailSessionUpdate.html")
def test_of_more_than_500_events_in_a_second_live_tail_sends_a_sample(
    tail: Tail, cleanup: ExitStack
) -> None:
    session = tail.start(cleanup, logStreamNames=["job"])
    next(session)

    tail.put("job", *(str(number) for number in range(3_000)))
    updates = (event["sessionUpdate"] for event in session)
    update = next(one for one in updates if one["sessionResults"])

    assert update["sessionMetadata"]["sampled"]
    assert len(update["sessionResults"]) == 500


@pytest.mark.behaviour(f"{API}/API_StartLiveTail.html")
def test_a_live_tail_that_names_no_log_groups_or_streams_in_two_ways_is_refused(
    tail: Tail,
) -> None:
    invalid = "InvalidParameterException"

    assert tail.refusal(tail.group) == invalid
    assert tail.refusal(f"{tail.arn}:*") == invalid
    assert tail.refusal(f"{tail.arn}-none") == "ResourceNotFoundException"
    assert tail.refusal(logStreamNames=["job"], logStreamNamePrefixes=["w"]) == invalid
    assert tail.refusal(tail.arn, f"{tail.arn}-none", logStreamNames=["job"]) == invalid
    assert tail.refusal(logEventFilterPattern="{ $.a = }") == invalid
