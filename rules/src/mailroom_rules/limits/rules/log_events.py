"""Batches of log events."""

import itertools
import time
from collections.abc import Sequence
from typing import Any

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

PAGE = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"
# An event counts as so many bytes more than its message has.
OVERHEAD = 26
MOST_BYTES = 1_048_576
HOUR = 3_600_000
LONGEST_SPAN = 24 * HOUR
# Events before or after these are rejected one by one.
OLDEST, NEWEST = 14 * 24 * HOUR, 2 * HOUR


def size(message: str) -> int:
    """What an event counts as, in bytes."""
    return OVERHEAD + (len(message) if message.isascii() else len(message.encode()))


def _sizes(events: Sequence[Any], _request: Request) -> Refusal | None:
    sizes = [size(event["message"]) for event in events]
    largest, total = max(sizes, default=0), sum(sizes)
    if total <= MOST_BYTES:
        return None
    what, count = ("Log event", largest) if largest > MOST_BYTES else ("Upload", total)
    return _refusal(f"{what} too large: {count} bytes exceeds limit of {MOST_BYTES}")


def _order(events: Sequence[Any], _request: Request) -> Refusal | None:
    times = [event["timestamp"] for event in events]
    if any(later < earlier for earlier, later in itertools.pairwise(times)):
        return _refusal(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    now = time.time() * 1000
    taken = [one for one in times if now - OLDEST <= one <= now + NEWEST]
    if taken and taken[-1] - taken[0] > LONGEST_SPAN:
        return _refusal(
            "The batch of log events in a single PutLogEvents request cannot span more than"
            " 24 hours."
        )
    return None


def _refusal(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


RULES = (
    Rule(
        "logs",
        ("PutLogEvents",),
        "logEvents",
        "a log event, and a batch, has 1,048,576 bytes at most, with 26 for each event",
        PAGE,
        _sizes,
    ),
    Rule(
        "logs",
        ("PutLogEvents",),
        "logEvents",
        "the events of a batch are in the order of their times, and within 24 hours",
        PAGE,
        _order,
    ),
)
