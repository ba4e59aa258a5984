"""What is in Postgres is what was sent: every field, every digit, every character."""

import json
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mailroom.project import Project
from mailroom.workflow.batch import STATE_LIMIT, gather_batch, start_execution
from tests.support.events import alert, notification
from tests.support.flow import Flow

TRICKY = {
    "text": 'ünïcödé 📬 \u2028 \ufffe "quoted" \\ </script>\ttab\nline',
    "numbers": [0, -1, 2**63 - 1, -(2**63), 0.1, 1e-7, 1.5e300],
    "empty": {"object": {}, "list": [], "text": "", "nothing": None, "truth": False},
}
TYPED = {
    "notification": "SELECT recipient, title, body, details FROM notifications WHERE id = %s",
    "alert": "SELECT severity, summary, details FROM alerts WHERE id = %s",
}


def test_the_real_messages_arrive_to_the_letter(flow: Flow, samples: Path) -> None:
    lines = [with_new_id(line) for line in samples.read_text().splitlines()]
    events = [json.loads(line) for line in lines]

    output = flow.succeed(flow.upload(lines))

    assert sum(len(line) for line in lines) > STATE_LIMIT
    assert output["published"] == Counter(event["type"] for event in events)
    assert len(events) == 194
    for event, line in zip(events, lines, strict=True):
        assert stored_text(flow.database, event) == line
        assert_stored(flow.database, event, output["batchId"])


@pytest.mark.parametrize("way", ["inline", "S3"])
def test_every_field_arrives_as_it_was_sent(flow: Flow, way: str) -> None:
    bare = {key: value for key, value in notification().items() if key not in ("subject", "time")}
    events = [
        notification(body="body", details=TRICKY),
        notification(body=None, details=None),
        {**alert(details=TRICKY), "time": "1985-04-12T23:20:50.521234+05:30", "subject": "é 📬"},
        bare,
    ]
    document = {"messages": events} if way == "inline" else flow.upload(map(json.dumps, events))

    output = flow.succeed(document)

    for event in events:
        assert_stored(flow.database, event, output["batchId"])


def test_an_event_from_s3_keeps_digits_that_no_float_holds(flow: Flow) -> None:
    event = notification(details={"number": "HERE"})
    number = "-12345678901234567890.123456789012345678900E-3"
    line = json.dumps(event).replace('"HERE"', number)

    flow.succeed(flow.upload([line]))

    assert stored_text(flow.database, event) == line
    details = flow.database.execute(
        "SELECT details::text FROM notifications WHERE id = %s", [event["id"]]
    ).fetchone()
    assert details == (f'{{"number": {number}}}',)


@pytest.mark.parametrize(("excess", "way"), [(0, "messages"), (1, "source")])
def test_a_batch_goes_by_s3_when_a_state_could_not_hold_it(
    flow: Flow, project: Project, tmp_path: Path, excess: int, way: str
) -> None:
    largest = STATE_LIMIT - 1024 + excess
    events = padded(lambda lines: f'{{"messages":[{",".join(lines)}]}}', largest)
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(map(json.dumps, events)))

    execution = start_execution(flow.environment, gather_batch(project, [str(file)], tmp_path))
    ended = flow.ended(execution)

    steps = flow.environment.session.client("stepfunctions")
    document = json.loads(steps.describe_execution(executionArn=execution)["input"])
    assert [*document] == [way]
    assert ended.status == "SUCCEEDED", ended.cause
    assert flow.ingested(events) == events


def padded(document: Callable[[list[str]], str], size: int) -> list[dict[str, Any]]:
    """Two events that make a document of exactly this size."""
    events = [notification(body=""), alert()]
    missing = size - len(document([json.dumps(event) for event in events]))
    events[0]["data"]["body"] = "x" * missing
    return events


def with_new_id(line: str) -> str:
    return line.replace(json.loads(line)["id"], str(uuid.uuid4()), 1)


def stored_text(database: psycopg.Connection, event: dict[str, Any]) -> str:
    row = database.execute("SELECT event::text FROM messages WHERE id = %s", [event["id"]])
    return str((row.fetchone() or ("nothing",))[0])


def assert_stored(database: psycopg.Connection, event: dict[str, Any], batch: str) -> None:
    time = datetime.fromisoformat(event["time"]) if "time" in event else None
    message = database.execute(
        'SELECT type, source, subject, "time", batch_id, event FROM messages WHERE id = %s',
        [event["id"]],
    ).fetchall()
    typed = database.execute(TYPED[event["type"]], [event["id"]]).fetchall()

    assert message == [(event["type"], event["source"], event.get("subject"), time, batch, event)]
    fields = {
        "notification": ("recipient", "title", "body", "details"),
        "alert": ("severity", "summary", "details"),
    }[event["type"]]
    assert typed == [tuple(event["data"].get(field) for field in fields)]
