"""The first hour of a person with Mailroom, in a clone of their own, and what they see of it.

One test, as each step goes on where the last one ended. The environments of Python are those of
this checkout, as building them takes minutes and needs packages. Two checkouts of the same name in
containers are in tests/compose/test_checkouts.py, which needs a Docker engine.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mailroom.database.logins import Login
from mailroom.environments.ports import free_port
from mailroom.environments.selection import choose
from mailroom.project import Project
from tests.support.command import MAILROOM, Command
from tests.support.events import alert
from tests.support.flow import until
from tests.support.locks import locked

SCRIPT = """
import json, os, sys
import boto3

topic = os.environ["MESSAGES_TOPIC_ARN"]
boto3.client("sns").publish(
    TopicArn=topic,
    Message=sys.argv[1],
    MessageAttributes={"type": {"DataType": "String", "StringValue": "alert"}},
)
print("published to", topic.rpartition(":")[2])
"""
MIGRATION = "ALTER TABLE alerts ADD COLUMN room text"
FIELD = '''
    room: str | None = None
    """Where it is."""
'''


def clone(here: Path, folder: Path) -> Path:
    """A clone of this checkout, with what is not committed yet, on its Python environments."""
    checkout = folder / "same"
    subprocess.run(["git", "clone", "--quiet", here, checkout], check=True)
    for shared in (".envs", ".venv"):
        (checkout / shared).symlink_to(here / shared)
    return checkout


@pytest.fixture
def clones(tmp_path: Path) -> Iterator[tuple[Command, Command]]:
    """Two clones in folders of the same name; each keeps its state where a clone does."""
    here = Project.find().root
    commands = [
        Command(checkout, checkout / ".mailroom", free_port())
        for checkout in (clone(here, tmp_path / "c1"), clone(here, tmp_path / "c2"))
    ]
    try:
        yield commands[0], commands[1]
    finally:
        for command in commands:
            command.run("reset", "--yes")


def test_the_first_hour(clones: tuple[Command, Command], tmp_path: Path) -> None:
    mine, other = clones

    the_demo_and_what_it_offers_next(mine)
    a_script_of_ones_own(mine, tmp_path)
    the_database_keeps_its_url(mine)
    a_new_field(mine)
    a_broken_machine_and_a_typo(mine)
    a_function_by_hand(mine)
    a_stopped_execution(mine)
    another_checkout_of_the_same_name(mine, other)


def the_demo_and_what_it_offers_next(mine: Command) -> None:
    nothing = mine.run("messages", code=2)
    demo = mine.run("demo", seconds=600)

    assert "no environment is up" in nothing.stderr
    assert "mailroom up" in nothing.stderr
    assert "194 of 194 messages are in Postgres." in demo.stdout
    offered = [line.split("  ")[1] for line in demo.stderr.splitlines() if line.startswith("  ")]
    assert "mailroom database psql" in offered
    assert any(line.startswith("mailroom aws ") for line in offered)
    assert "console: http://127.0.0.1:" in demo.stderr
    for line in offered:
        run = subprocess.run(
            shlex.split(line),
            cwd=mine.checkout,
            env=mine.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        assert run.returncode == 0, line


def a_script_of_ones_own(mine: Command, folder: Path) -> None:
    script, event = folder / "script.py", alert()
    script.write_text(SCRIPT)

    python = MAILROOM.with_name("python")
    typed = f'eval "$(mailroom env)"; "{python}" "{script}" "$1"'
    run = subprocess.run(
        ["sh", "-euc", typed, "sh", json.dumps(event)],
        cwd=mine.checkout,
        env=mine.variables,
        capture_output=True,
        text=True,
    )
    until(lambda: mine.json("queues", "AlertQueue") != [], "the script's message")
    waiting = mine.run("queues")
    mine.send([alert()])

    assert "published to" in run.stdout, run.stderr
    assert "no execution runs" in waiting.stderr
    until(lambda: event["id"] in mine.run("messages", "-n", "9").stdout, "its row")


def the_database_keeps_its_url(mine: Command) -> None:
    url = mine.run("database", "url").stdout.strip()
    before = rows(mine, url)

    mine.run("down")
    mine.run("up", seconds=600)

    assert re.fullmatch(r"postgresql://\S+@127\.0\.0\.1:\d+/mailroom", url)
    assert mine.run("database", "url").stdout.strip() == url
    assert rows(mine, url) == before > 190


def rows(mine: Command, url: str) -> int:
    """The number of rows, as `psql URL` prints it, and `mailroom database psql` too."""
    query = ("-Atc", "SELECT count(*) FROM messages")
    # This machine's psql, or the one that comes with the packaged Postgres.
    psql = choose(Project.find(mine.state, mine.checkout)).psql(Login.OWNER).command[0]
    by_url = subprocess.run([psql, url, *query], capture_output=True, text=True, check=True)
    by_command = mine.run("database", "psql", *query)
    assert by_url.stdout == by_command.stdout
    return int(by_url.stdout)


def a_new_field(mine: Command) -> None:
    folder = mine.checkout / "functions" / "message_types" / "alert"
    model = folder / "__init__.py"
    event = alert(room="kitchen")

    refused = mine.run("send", "-", given=json.dumps(event), code=2)
    model.write_text(model.read_text().rstrip() + "\n" + FIELD)
    (folder / "migrations").mkdir(exist_ok=True)
    (folder / "migrations" / "alert.0002.sql").write_text(MIGRATION)
    up = mine.run("up", seconds=600)
    mine.send([event])

    assert "data.room: unknown field" in refused.stderr
    assert "Database: 1 migration " in up.stderr
    url = mine.run("database", "url").stdout.strip()
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT room FROM alerts WHERE id = %s", [event["id"]])
        assert found.fetchall() == [("kitchen",)]


def a_broken_machine_and_a_typo(mine: Command) -> None:
    for file, right, wrong, said in (
        ("asl.json", '"StartAt": "', '"StartAt": "Un', "StartAt names 'Un"),
        ("template.yml", "LifecycleConfiguration:", "Lifecycles:", "'Lifecycles' was unexpected"),
    ):
        definition = mine.checkout / "infra" / file
        text = definition.read_text()
        assert right in text
        definition.write_text(text.replace(right, wrong, 1))
        refused = mine.run("up", code=2, seconds=600)
        definition.write_text(text)
        assert f"infra/{file}:" in refused.stderr
        assert said in refused.stderr

    for words, meant in (
        (["mesages"], "did you mean messages?"),
        (["messages", "--typ", "alert"], "did you mean --type?"),
        (["logs", "proces_messages"], "did you mean process_messages"),
        (["up", "-p", "Consumtion=events"], "did you mean Consumption?"),
    ):
        assert meant in mine.run(*words, code=2).stderr
    assert "did you mean alert?" in mine.run("messages", "--type", "alrt", code=1).stderr


def a_function_by_hand(mine: Command) -> None:
    sample = mine.run("invoke", "process_messages", "--sample").stdout

    answered = mine.run("invoke", "process_messages", "-", given=sample)

    assert isinstance(json.loads(answered.stdout), dict)
    assert "ms" in answered.stderr


def a_stopped_execution(mine: Command) -> None:
    events = [alert(), alert()]
    with locked(mine.run("database", "url").stdout.strip(), "LOCK TABLE messages IN SHARE MODE"):
        name = mine.run("executions", "start", json.dumps({"messages": events})).stdout.strip()
        until(lambda: "ProcessMessages" in mine.run("executions", "show", name).stdout, "the state")
        stopped = mine.run("executions", "stop", name)
    shown = mine.run("executions", "show", name)
    replayed = mine.json("replay", name)

    assert f"stopped {name} in ProcessMessages" in stopped.stderr
    assert "ABORTED" in shown.stdout + shown.stderr
    assert replayed["published"]["alert"] == 2


def another_checkout_of_the_same_name(mine: Command, other: Command) -> None:
    before = mine.json("status")

    assert {part["state"] for part in other.json("status", code=1).values()} == {"down"}
    assert "nothing was up" in other.run("down").stderr
    assert "there is nothing to delete" in other.run("reset", "--yes").stderr

    assert mine.json("status") == before
    assert mine.json("messages", "-n", "1") != []
