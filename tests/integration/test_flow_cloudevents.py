"""CloudEvents as others send them arrive: encoded data, extension attributes, arrays."""

import json
from base64 import b64encode
from pathlib import Path

from mailroom.project import Project
from mailroom.workflow.batch import gather_batch, inline_input, start_execution
from tests.support.events import alert, notification
from tests.support.flow import Event, Flow

_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def encoded(event: Event) -> Event:
    content = b64encode(json.dumps(event["data"]).encode()).decode()
    return {**{name: event[name] for name in event if name != "data"}, "data_base64": content}


def test_data_in_base64_is_in_the_table_and_stored_as_it_was_sent(flow: Flow) -> None:
    event = encoded(notification(recipient="ü", details={"n": [1, "\U0001f600"]}))

    output = flow.succeed([{**event, "sequence": 7}])

    assert output["notification"]["ingested"] == 1
    assert flow.ingested([event]) == [{**event, "sequence": 7}]
    [row] = flow.database.execute(
        "SELECT recipient, title, details FROM notifications WHERE id = %s", [event["id"]]
    )
    assert row == ("ü", "hello", {"n": [1, "\U0001f600"]})


def test_a_message_that_is_sent_again_with_another_traceparent_is_no_conflict(flow: Flow) -> None:
    event = alert()
    flow.send([{**event, "traceparent": _PARENT}])

    again = flow.send([{**event, "traceparent": _PARENT.replace("4b", "4c")}, encoded(event)])

    assert (again["duplicates"], again["alert"]["alreadyThere"]) == (1, 1)
    assert flow.ingested([event]) == [{**event, "traceparent": _PARENT}]


def test_arrays_and_indented_events_of_a_file_arrive(flow: Flow, tmp_path: Path) -> None:
    events = [alert(), notification(details={"text": "]\\n}"}), alert(), notification()]
    file = tmp_path / "events.json"
    file.write_text(
        json.dumps(events[:2], indent=2) + json.dumps(events[2:3]) + "\n" + json.dumps(events[3])
    )

    batch = gather_batch(Project.find(), [str(file)], tmp_path)
    ended = flow.ended(start_execution(flow.environment, batch))

    assert inline_input(batch) is None
    assert ended.status == "SUCCEEDED", ended.cause
    assert flow.ingested(events) == events
