"""The replay of archives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mailroom_localstack.patches import patch


@patch("localstack.services.events.archive:ArchiveService._filter_events_start_end_time")
def replay_by_time(original: Any, archive: Any, start: datetime, end: datetime) -> list[Any]:
    """Replay the events of an archive.

    LocalStack: fails with InternalError, as it takes the times of events, which are texts, for
    times.

    AWS: sends the events between two times to the bus again.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html

    Test: tests/parity/test_archives.py
    test_the_events_of_an_archive_come_again_when_they_are_replayed
    """
    timed = [
        {**event, "time": datetime.fromisoformat(event["time"])}
        for event in list(archive.archive.events.values())
    ]
    return [event for event in timed if start <= event["time"] <= end]
