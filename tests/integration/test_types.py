"""Message types that are added by command are carried like those that were there before."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mailroom.cli.daily.send import EXIT_DEAD_LETTERS
from mailroom.environments.environment import Environment
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert, mixed, notification
from tests.support.own_checkout import copy as copy
from tests.support.own_checkout import mailroom as mailroom

_ORDERS = [
    {"id": 7, "from": "a", "orderDate": "2026-01-31", "total": 12.5, "lines": [1], "to": None},
    {"id": 8, "from": "b", "total": 3, "lines": [], "to": "c"},
]
_INVOICE = ("--field", "amount:decimal", "--field", "currency:text", "--field", "due:date?")
_EACH = 50


def files(project: Project) -> dict[str, str]:
    """The text of all files that belong to types or follow from them."""
    roots = (project.root / "infra", project.functions)
    found = [path for root in roots for path in root.rglob("*") if path.is_file()]
    return {
        str(path.relative_to(project.root)): path.read_text()
        for path in found
        if "__pycache__" not in path.parts
    }


def events(type_: str, data: list[dict[str, Any]], start: str) -> list[dict[str, Any]]:
    common = {"specversion": "1.0", "source": "/tests", "type": type_}
    return [
        {**common, "id": f"{start}-{type_}-{n}", "data": data[n % len(data)]} for n in range(_EACH)
    ]


def batch(start: str) -> list[dict[str, Any]]:
    """Messages of four types, fifty of each, the last of which has another one's id."""
    invoices: list[dict[str, Any]] = [
        {"amount": "12.50", "currency": "EUR", "due": "2026-01-31"},
        {"amount": 3, "currency": "USD"},
    ]
    each = [
        events("alert", [alert()["data"]], start),
        events("notification", [notification()["data"]], start),
        events("invoice", invoices, start),
        events("purchase", _ORDERS, start),
    ]
    for messages in each:
        messages[-1] |= {"id": messages[0]["id"], "subject": "other content"}
    return [message for messages in each for message in messages]


def send(mailroom: Command, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Send messages of which some become dead letters; what became of them."""
    lines = "".join(f"{json.dumps(one)}\n" for one in messages)
    result: dict[str, Any] = json.loads(
        mailroom.run("send", "-", "--json", given=lines, code=EXIT_DEAD_LETTERS).stdout
    )
    return result


def require_rows_and_dead_letters(environment: Environment, mailroom: Command, start: str) -> None:
    """Every message of a batch is in its table, and the one in fifty is dead with its reason."""
    for one in mailroom.json("types"):
        type_ = one["name"]
        expected = {f"{start}-{type_}-{number}" for number in range(_EACH - 1)}
        with psycopg.connect(environment.database) as connection:
            found = connection.execute(f"SELECT id FROM {one['table']}").fetchall()
        assert {id_ for (id_,) in found if id_.startswith(f"{start}-")} == expected
        dead = mailroom.json("dead-letters", "--queue", f"{type_.title()}DeadLetterQueue")
        [letter] = [d for d in dead if f"/tests {start}-{type_}-0" == d["origin"]]
        assert letter["reason"] == "conflicting_duplicate"


def count(environment: Environment, table: str) -> int:
    with psycopg.connect(environment.database) as connection:
        [[found]] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(found)


def put(environment: Environment, type_: str, body: str) -> None:
    """Publish a message past the validation of PublishMessagesFunction."""
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message=body,
        MessageAttributes={"type": {"DataType": "String", "StringValue": type_}},
    )


def test_two_types_are_added_used_and_removed(
    copy: Project, mailroom: Command, tmp_path: Path
) -> None:
    before = files(copy)
    samples = tmp_path / "orders.jsonl"
    samples.write_text("".join(f"{json.dumps(one)}\n" for one in _ORDERS))

    mailroom.run("types", "add", "invoice", *_INVOICE)
    mailroom.run("types", "add", "purchase", "--from-sample", str(samples))
    mailroom.run("up", "--port", str(mailroom.port))

    by_hand = {path: text for path, text in files(copy).items() if before.get(path) != text}
    generated = {"infra/template.yml", "infra/asl.json"}
    folders = {str(Path(path).parents[-4]) for path in by_hand.keys() - generated}
    assert folders == {f"functions/message_types/{one}" for one in ("invoice", "purchase")}
    environment = connect(copy)
    for type_ in ("invoice", "purchase"):
        put(environment, type_, json.dumps(events(type_, [{"surplus": 1}], "bad")[0]))
    result = send(mailroom, batch("live"))
    assert sum(result["published"].values()) == 4 * _EACH
    for type_ in ("alert", "notification", "invoice", "purchase"):
        assert (result[type_]["ingested"], result[type_]["deadLettered"]) == (_EACH - 1, 1)
    require_rows_and_dead_letters(environment, mailroom, "live")
    for type_ in ("invoice", "purchase"):
        dead = mailroom.json("dead-letters", "--queue", f"{type_.title()}DeadLetterQueue")
        [invalid] = [one for one in dead if one["reason"] == "invalid_message"]
        assert "data." in invalid["detail"]
    listed = {one["name"]: one for one in mailroom.json("types")}
    assert (listed["invoice"]["rows"], listed["invoice"]["dead"]) == (_EACH - 1, 2)

    mailroom.run("up", "--packaged", seconds=300)
    send(mailroom, batch("packaged"))
    require_rows_and_dead_letters(environment, mailroom, "packaged")

    refused = mailroom.run("types", "remove", "invoice", code=2)
    assert "98 rows" in refused.stderr
    for type_ in ("invoice", "purchase"):
        queue = f"{type_.title()}DeadLetterQueue"
        file = str(tmp_path / f"{type_}.jsonl")
        mailroom.run("dead-letters", "purge", "--queue", queue, "--export", file, "--yes")
        with psycopg.connect(environment.database) as connection:
            connection.execute("DELETE FROM messages WHERE type = %s", [type_])
        mailroom.run("types", "remove", type_, "--drop-table")
    mailroom.run("up")

    assert files(copy) == before
    assert {one["name"] for one in mailroom.json("types")} == {"alert", "notification"}
    assert "InvoiceQueue" not in connect(copy).topology.queues
    assert mailroom.send(mixed(4))["published"].keys() == {"alert", "notification"}


@pytest.mark.parametrize(
    ("file", "added", "reason"),
    [
        ("__init__.py", "    source: str\n", "source"),
        ("action.py", "def act(connection, messages):\n    connection.commit()\n", "commit()"),
    ],
)
def test_a_wrong_folder_is_named_and_nothing_is_started(
    copy: Project, mailroom: Command, file: str, added: str, reason: str
) -> None:
    path = copy.functions / "message_types" / "alert" / file
    text = f"{path.read_text() if path.exists() else ''}{added}"
    path.write_text(text)
    line = len(text.splitlines())

    for command in (("types",), ("check", "--no-package"), ("up", "--port", str(mailroom.port))):
        run = mailroom.run(*command, code=2)
        assert f"functions/message_types/alert/{file}:{line}: {reason}" in run.stderr
    assert mailroom.json("status", code=1)["LocalStack"]["state"] == "down"


def test_definitions_that_are_not_current_are_refused_and_brought_up_to_date(
    copy: Project, mailroom: Command
) -> None:
    before = files(copy)
    template = copy.template.read_text()
    copy.template.write_text(template.replace("type: [alert]", "type: [alerts]"))

    refused = mailroom.run("check", "--no-package", code=2)
    assert "infra/template.yml:" in refused.stderr
    assert "mailroom types generate" in refused.stderr
    mailroom.run("types", "generate")

    assert files(copy) == before


@pytest.mark.parametrize("name", ["select", "class", "Résumé", "subscription", "../x", "alert"])
def test_a_name_that_cannot_be_a_types_is_refused_before_a_file_is_written(
    copy: Project, mailroom: Command, name: str
) -> None:
    before = files(copy)

    mailroom.run("types", "add", name, "--field", "amount:decimal", code=2)

    assert files(copy) == before


def test_the_walk_of_the_documentation_runs_as_it_stands(copy: Project, mailroom: Command) -> None:
    page = (Project.find().root / "docs" / "your-own-messages.md").read_text()
    before = files(copy)

    for script in re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S):
        run = subprocess.run(
            ["sh", "-eu"],
            cwd=copy.root,
            env=mailroom.variables,
            input=script,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert run.returncode == 0, f"{script}\n{run.stdout}\n{run.stderr}"
        if "action.py" in script:
            assert count(connect(copy), "ledger") == 1

    assert files(copy) == before
