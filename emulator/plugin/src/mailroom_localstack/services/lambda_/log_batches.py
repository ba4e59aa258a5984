"""Batches of log events that CloudWatch Logs takes.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

from collections.abc import Iterable, Iterator

from mailroom_rules.limits.rules.log_events import MOST_BYTES, OVERHEAD, size

from mailroom_localstack.executor.log_lines import LogEvent
from mailroom_localstack.services.lambda_.packing import packed

MOST_EVENTS = 10_000
# A line feed ends each message.
LINE_FEED = 1
LONGEST = MOST_BYTES - OVERHEAD - LINE_FEED


def batches(events: Iterable[LogEvent]) -> Iterator[list[LogEvent]]:
    """Events in batches; a message that is too large is several events."""
    parts = (part for event in events for part in _parts(event))
    return packed(parts, _size, MOST_BYTES, MOST_EVENTS)


def _size(event: LogEvent) -> int:
    return size(event.message) + LINE_FEED


def _parts(event: LogEvent) -> Iterator[LogEvent]:
    if len(event.message) * 4 <= LONGEST:
        yield event
        return
    rest = event.message.encode()
    while len(rest) > LONGEST:
        end = LONGEST
        # Not within a character.
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        yield LogEvent(event.timestamp, rest[:end].decode())
        rest = rest[end:]
    yield LogEvent(event.timestamp, rest.decode())
