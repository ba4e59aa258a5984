"""EventBridge: archives, and their replay."""

import json
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.parity.endpoint import Endpoint
from tests.parity.made import new_name
from tests.parity.made.queues import Queues


@pytest.mark.behaviour(
    "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html"
)
def test_the_events_of_an_archive_come_again_when_they_are_replayed(
    endpoint: Endpoint, queues: Queues, cleanup: ExitStack
) -> None:
    events, name = endpoint.client("events"), new_name()
    bus = events.create_event_bus(Name=name)["EventBusArn"]
    cleanup.callback(events.delete_event_bus, Name=name)
    archive = events.create_archive(ArchiveName=name, EventSourceArn=bus)["ArchiveArn"]
    cleanup.callback(events.delete_archive, ArchiveName=name)
    rule = events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["test"]}')
    cleanup.callback(events.delete_rule, Name=name, EventBusName=name)
    queue = queues.make(sender=rule["RuleArn"])
    events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "1", "Arn": queue.arn}])
    cleanup.callback(events.remove_targets, Rule=name, EventBusName=name, Ids=["1"])
    entry = {"Source": "test", "DetailType": "t", "Detail": '{"n": 1}', "EventBusName": name}
    events.put_events(Entries=[entry])
    [first] = [json.loads(one["Body"]) for one in queue.collect()]

    now = datetime.now(UTC)
    answer = events.start_replay(
        ReplayName=name,
        EventSourceArn=archive,
        EventStartTime=now - timedelta(hours=1),
        EventEndTime=now + timedelta(seconds=1),
        Destination={"Arn": bus},
    )

    assert answer["State"] in ("STARTING", "RUNNING", "COMPLETED")
    [again] = [json.loads(one["Body"]) for one in queue.collect()]
    assert again["detail"] == first["detail"] == {"n": 1}
    assert again["replay-name"] == name
    endpoint.until(
        lambda: events.describe_replay(ReplayName=name)["State"] == "COMPLETED", "the end"
    )
