"""What a person does with dead letters."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from mailroom.dead_letters.copying import pull
from mailroom.dead_letters.listing import list_messages
from mailroom.dead_letters.queued_messages import MessageFilter
from mailroom.dead_letters.redrive import redrive
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.environment import Environment
from tests.faults.run import Run
from tests.support.command import Command
from tests.support.events import notification
from tests.support.flow import Flow
from tests.support.stacks import another_stack

DEAD = "NotificationDeadLetterQueue"


@pytest.fixture
def dead(run: Run) -> list[str]:
    """Three dead letters of this test: the bodies, the oldest first."""
    bodies = [f'{{"cut": "{run.source}", "n": {n}' for n in range(3)]
    for body in bodies:
        run.put(DEAD, body, type="notification", reason="invalid_json", detail="no JSON")
    return bodies


@contextmanager
def a_bug(database: psycopg.Connection, run: Run) -> Iterator[None]:
    """Meanwhile the database refuses all that this run sends."""
    refusal = f"CHECK (source <> '{run.source}') NOT VALID"
    database.execute(f"ALTER TABLE messages ADD CONSTRAINT bug {refusal}")
    try:
        yield
    finally:
        database.execute("ALTER TABLE messages DROP CONSTRAINT bug")


def test_a_redrive_of_a_thousand_dead_letters_after_a_fix_makes_a_thousand_rows_once(
    run: Run, database: psycopg.Connection, mailroom: Command
) -> None:
    with a_bug(database, run):
        run.start(run.events(1000))
        died = run.finish()
        rows_before = run.rows()

    mailroom.run("dead-letters", "redrive")
    verdict, rows = run.verdict(), run.rows()
    mailroom.run("dead-letters", "redrive")

    assert died.clean, died
    assert (rows_before, rows) == (0, 1000)
    assert run.messages([DEAD, "AlertDeadLetterQueue"]) == []
    assert verdict.clean, verdict
    assert run.verdict() == verdict


def test_dead_letters_are_listed_with_reason_origin_and_age(
    run: Run, database: psycopg.Connection, mailroom: Command
) -> None:
    event = {**notification(title=7), "source": run.source}
    run.put("NotificationQueue", json.dumps(event), type="notification", batch_id="b1")
    run.drain()

    listed = mailroom.json("dead-letters")
    table = mailroom.run("dead-letters", "--reason", "invalid_message").stdout

    [letter] = [one for one in listed if run.source in one["body"]]
    assert letter["reason"] == "invalid_message"
    assert letter["origin"] == f"{run.source} {event['id']}"
    assert letter["attributes"] == {"type": "notification", "batch_id": "b1"}
    assert "data.title" in letter["detail"]
    assert letter["origin"] in table
    assert json.loads(mailroom.run("dead-letters", "show", letter["id"][:18]).stdout) == letter


def test_a_dry_run_sends_nothing(run: Run, dead: list[str], mailroom: Command) -> None:
    shown = mailroom.run("dead-letters", "redrive", "--dry-run").stdout

    assert all(message["id"] in shown for message in run.messages([DEAD]))
    assert run.queued([DEAD]) == dead


def test_one_dead_letter_is_sent_back_by_its_id_and_the_others_stay(
    run: Run, environment: Environment, dead: list[str]
) -> None:
    id_ = run.messages([DEAD])[1]["id"]

    sent = redrive(environment, DEAD, MessageFilter(ids=frozenset([id_])))

    assert sent == 1
    assert sorted(run.queued([DEAD])) == [dead[0], dead[2]]
    [message] = run.messages(["NotificationQueue"])
    assert (message["body"], message["attributes"]) == (dead[1], {"type": "notification"})
    run.drain()


@pytest.mark.parametrize("command", [["redrive", "--id"], ["purge", "--yes", "--id"], ["show"]])
def test_an_id_that_no_message_has_is_refused(mailroom: Command, command: list[str]) -> None:
    run = mailroom.run("dead-letters", *command, "unknown-id", code=2)

    assert "unknown-id" in run.stderr


def test_a_purge_writes_what_it_deletes_to_a_file_first(
    run: Run, dead: list[str], mailroom: Command, tmp_path: Path
) -> None:
    ids = [option for one in run.messages([DEAD]) for option in ("--id", one["id"])]
    file = tmp_path / "purged.jsonl"

    refused = mailroom.run("dead-letters", "purge", *ids, code=2).stderr
    before = run.queued([DEAD])
    mailroom.run("dead-letters", "purge", *ids, "--export", str(file), "--yes")

    assert "--yes" in refused
    assert before == dead
    assert run.queued([DEAD]) == []
    assert sorted(json.loads(line)["body"] for line in file.read_text().splitlines()) == dead


def test_dead_letters_are_copied_from_another_environment_and_stay_there(
    run: Run, embedded: EmbeddedEnvironment, environment: Environment
) -> None:
    with another_stack(embedded.project, environment) as other:
        there = Run(Flow(other, run.flow.database))
        body = json.dumps({"mark": there.source, "text": "é📬"})
        there.put(DEAD, body, type="notification", reason="invalid_message", detail="why")

        copied = [pull(other, environment, DEAD, MessageFilter()) for _ in range(2)]

        [original] = there.messages([DEAD])
    [copy] = [
        one
        for one in list_messages(environment, (DEAD,), MessageFilter())
        if there.source in one.body
    ]
    assert copied == [1, 0]
    assert original["body"] == copy.body == body
    assert original["attributes"] == {n: copy.text(n) for n in ("type", "reason", "detail")}
