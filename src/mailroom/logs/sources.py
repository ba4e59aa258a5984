"""Where log events come from: CloudWatch Logs, and the file in which the engine keeps them."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroom.logs.events import LogEvent

if TYPE_CHECKING:
    import boto3


class GroupReader:
    """Reads new events of log groups from CloudWatch Logs, each once.

    Args:
        session: A session of the account.
        groups: Names of the log groups.
        since: Time of the first event, in milliseconds since 1970.
    """

    def __init__(self, session: "boto3.Session", groups: list[str], since: int = 0) -> None:
        self._client = session.client("logs")
        self._since = dict.fromkeys(groups, since)
        self._seen: set[tuple[str, str]] = set()

    def read(self) -> list[LogEvent]:
        """The events that were not read before, in the order of their times."""
        found = list(chain.from_iterable(map(self._fresh, self._since)))
        return sorted(found, key=lambda event: event.time)

    def _fresh(self, group: str) -> Iterator[LogEvent]:
        pages = self._client.get_paginator("filter_log_events")
        newest = self._since[group]
        with suppress(self._client.exceptions.ResourceNotFoundException):
            for page in pages.paginate(logGroupName=group, startTime=newest):
                for event in page["events"]:
                    if (group, event["eventId"]) in self._seen:
                        continue
                    self._seen.add((group, event["eventId"]))
                    self._since[group] = max(self._since[group], event["timestamp"])
                    yield log_event(event, group)


def log_event(event: Any, group: str) -> LogEvent:
    """An event as CloudWatch Logs answers it."""
    return LogEvent(event["timestamp"], event["message"].rstrip(), event["logStreamName"], group)


def kept_events(folder: Path, wanted: Callable[[str], bool]) -> list[LogEvent]:
    """The events that the engine has kept, the oldest first.

    The plugin's `log_archive` writes them; LocalStack itself keeps nothing when it ends.

    Args:
        folder: Folder of the environment's logs.
        wanted: Tells which log groups are asked for.
    """
    paths = (folder / "functions.jsonl.1", folder / "functions.jsonl")
    found = chain.from_iterable(map(_kept, paths))
    return sorted((event for event in found if wanted(event.group)), key=lambda event: event.time)


def _kept(path: Path) -> Iterator[LogEvent]:
    with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            # A line may be cut off where LocalStack was killed.
            with suppress(ValueError, KeyError, TypeError):
                one = json.loads(line)
                message = one["message"].rstrip()
                yield LogEvent(int(one["time"]), message, one["stream"], one["group"])
