"""Message types that are added by command are carried like those that were there before."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mailroom.environments.environment import Environment
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import mixed
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
    """Messages of four types, fifty of each of the two that the test adds."""
    invoices: list[dict[str, Any]] = [
        {"amount": "12.50", "currency": "EUR", "due": "2026-01-31"},
        {"amount": 3, "currency": "USD"},
    ]
    old = [{**event, "id": f"{start}-{n}"} for n, event in enumerate(mixed(2 * _EACH))]
    return [*old, *events("invoice", invoices, start), *events("purchase", _ORDERS, start)]


def count(environment: Environment, table: str) -> int:
    with psycopg.connect(environment.database) as connection:
        [[found]] = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
        return int(found)


def tables(environment: Environment) -> set[str]:
    with psycopg.connect(environment.database) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found.fetchall()}


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

    added = {path.partition("message_types/")[2].partition("/")[0] for path in files(copy)}
    assert added == {"", "__init__.py", "alert", "invoice", "notification", "purchase"}
    environment = connect(copy)
    for type_ in ("invoice", "purchase"):
        put(environment, type_, json.dumps(events(type_, [{"surplus": 1}], "bad")[0]))
    result = mailroom.send(batch("live"))
    assert sum(result["published"].values()) == 4 * _EACH
    for type_, table in (("invoice", "invoices"), ("purchase", "purchases")):
        assert result[type_]["ingested"] == _EACH
        assert count(environment, table) == _EACH
        [dead] = mailroom.json("dead-letters", "--queue", f"{type_.title()}DeadLetterQueue")
        assert dead["reason"] == "invalid_message"
        assert "data." in dead["detail"]
    listed = {one["name"]: one for one in mailroom.json("types")}
    assert (listed["invoice"]["rows"], listed["invoice"]["dead"]) == (_EACH, 1)

    mailroom.run("up", "--packaged", seconds=300)
    mailroom.send(batch("packaged"))
    assert count(environment, "invoices") == count(environment, "purchases") == 2 * _EACH

    refused = mailroom.run("types", "remove", "invoice", code=2)
    assert "100 rows" in refused.stderr
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


def test_a_type_goes_only_when_nothing_of_it_is_left_and_takes_its_tables_when_asked(
    copy: Project, mailroom: Command, tmp_path: Path
) -> None:
    mailroom.run("types", "add", "invoice", *_INVOICE)
    folder = copy.functions / "message_types" / "invoice"
    second = "-- depends: invoice.0001\nCREATE TABLE IF NOT EXISTS ledger (id text PRIMARY KEY);\n"
    (folder / "migrations" / "invoice.0002.sql").write_text(second)
    mailroom.run("types", "add", "payment", "--field", "total:decimal")
    user = copy.functions / "message_types" / "payment" / "type.toml"
    user.write_text('[grants]\nledger = "INSERT"\n')
    mailroom.run("up")
    environment = connect(copy)
    queues = {name: one.url for name, one in environment.topology.queues.items()}
    sqs = environment.session.client("sqs")

    for queue, said in (
        ("InvoiceQueue", "0 rows, 1 in its queue, 0 dead letters"),
        ("InvoiceDeadLetterQueue", "0 rows, 0 in its queue, 1 dead letter"),
    ):
        sqs.send_message(QueueUrl=queues[queue], MessageBody="{}")
        refused = mailroom.run("types", "remove", "invoice", "--drop-table", code=2)
        assert said in " ".join(refused.stderr.split())
        sqs.purge_queue(QueueUrl=queues[queue])
    refused = mailroom.run("types", "remove", "invoice", "--drop-table", code=2)
    assert "type payment uses what the migrations of invoice make: ledger" in refused.stderr
    user.unlink()
    with psycopg.connect(environment.database) as connection:
        connection.execute("CREATE VIEW debts AS SELECT * FROM ledger")
    refused = mailroom.run("types", "remove", "invoice", "--drop-table", code=2)
    assert "view debts depends on table ledger" in refused.stderr
    assert folder.exists()
    with psycopg.connect(environment.database) as connection:
        connection.execute("DROP VIEW debts")

    assert "kept: payments" in mailroom.run("types", "remove", "payment").stderr
    assert (
        "dropped: invoices, ledger"
        in mailroom.run("types", "remove", "invoice", "--drop-table").stderr
    )

    assert tables(environment) & {"payments", "invoices", "ledger"} == {"payments"}
    refused = mailroom.run("types", "remove", "alert", "--drop-table", code=2)
    assert "table alerts is not made by the type's migrations alone" in refused.stderr


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
