"""Whatever comes in is ingested exactly as sent, or refused with the field's name: never altered,
never half."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults import inputs
from tests.faults.run import Run
from tests.support.command import Command
from tests.support.events import notification

BATCH = 60
ROUNDS = settings(
    max_examples=2,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WAYS = pytest.mark.parametrize("way", ["machine", "topic", "queue", "command"])


@pytest.mark.parametrize("way", ["topic", "queue"])
def test_any_value_is_ingested_to_the_letter_or_dead_to_the_letter(run: Run, way: str) -> None:
    @ROUNDS
    @given(st.data())
    def check(data: st.DataObject) -> None:
        bodies = [body_of(run, data) for _ in range(BATCH)]
        for body in bodies:
            enter(run, way, body)

        verdict = run.finish()

        assert verdict.clean, verdict
        assert verdict.acknowledged == verdict.attempted
        ended = {*run.row_bodies(), *run.queued(["NotificationDeadLetterQueue"])}
        assert ended >= set(bodies)

    check()


@WAYS
def test_what_is_unusual_is_ingested_to_the_letter(
    run: Run, mailroom: Command, tmp_path: Path, way: str
) -> None:
    events = [{**event, "source": run.source} for event in inputs.unusual()]
    bodies = [json.dumps(event, ensure_ascii=way == "queue") for event in events]
    if way in ("topic", "queue"):
        bodies = [body.replace("\x7f", "\\u007f").replace("\ufeff", "\\ufeff") for body in bodies]
        for event, body in zip(events, bodies, strict=True):
            enter(run, way, body, event["type"])
    elif way == "machine":
        run.checker.attempt(bodies)
        run.flow.send(events)
    else:
        run.checker.attempt(bodies)
        mailroom.run("send", write(tmp_path, bodies))
    run.checker.acknowledge(bodies)

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == len(events)


@WAYS
def test_numbers_beyond_64_bits_keep_their_digits(
    run: Run, mailroom: Command, tmp_path: Path, way: str
) -> None:
    event = {**notification(details={"n": 0}), "source": run.source}
    body = json.dumps(event).replace('"n": 0', f'"n": {inputs.BEYOND_64_BITS}')
    run.checker.attempt([body])
    if way in ("topic", "queue"):
        enter(run, way, body)
    elif way == "machine":
        run.flow.run(run.flow.upload([body]))
    else:
        mailroom.run("send", write(tmp_path, [body]))
    run.checker.acknowledge([body])

    verdict = run.finish()

    assert verdict.clean, verdict
    assert run.rows() == 1


@pytest.mark.parametrize("way", ["machine", "command"])
def test_what_is_no_event_is_refused_with_the_field_and_nothing_is_sent(
    run: Run, mailroom: Command, tmp_path: Path, way: str
) -> None:
    texts = inputs.refused(run.source)
    good = json.dumps({**notification(), "source": run.source})
    lines = [good, *texts.values()]

    if way == "command":
        said = mailroom.run("send", write(tmp_path, lines), code=2).stderr
    else:
        said = run.flow.run(run.flow.upload(lines)).cause

    for name in texts:
        assert name in said
    assert run.rows() == 0
    assert run.messages() == []


@pytest.mark.parametrize("way", ["topic", "queue"])
def test_what_is_no_event_dies_with_the_field_and_its_bytes(run: Run, way: str) -> None:
    bodies = inputs.refused(run.source)
    for body in bodies.values():
        enter(run, way, body)

    verdict = run.finish()

    rows = run.flow.database.execute(
        "SELECT convert_from(body, 'UTF8'), detail FROM dead_letters WHERE body = ANY(%s)",
        [[body.encode() for body in bodies.values()]],
    )
    details: dict[str, str] = dict(rows.fetchall())
    assert verdict.clean, verdict
    for name, body in bodies.items():
        assert name in details[body]


def body_of(run: Run, data: st.DataObject) -> str:
    """A body of this run: an altered event, or anything at all."""
    anything = st.builds(
        lambda value: {"mark": run.source, "serial": str(uuid.uuid4()), "value": value},
        inputs.json_values(),
    )
    values: Any = inputs.altered_events(run.source) | anything
    return json.dumps(data.draw(values))


def enter(run: Run, way: str, body: str, kind: str = "notification") -> None:
    """Let a body in, past PublishMessagesFunction."""
    if way == "topic":
        run.publish(body, type=kind)
    else:
        run.put(f"{kind.capitalize()}Queue", body, type=kind)


def write(folder: Path, lines: list[str]) -> str:
    """A file of these lines; its path."""
    file = folder / "batch.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return str(file)
