"""`mailroom types add` and `remove`: what they write, what they refuse, what is left."""

import json
import re
from pathlib import Path

import psycopg
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from mailroom.environments.environment import Environment
from mailroom.environments.selection import connect
from mailroom.project import Project
from tests.support.command import Command
from tests.support.own_checkout import copy as copy
from tests.support.own_checkout import mailroom as mailroom


def tables(environment: Environment) -> set[str]:
    with psycopg.connect(environment.database) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in found.fetchall()}


def test_a_type_of_a_json_schema_is_written_and_says_what_to_do_next(
    copy: Project, mailroom: Command, tmp_path: Path
) -> None:
    schema = tmp_path / "parcel.json"
    properties = {
        "weight": {"type": "number", "description": "In kilograms."},
        "size": {"enum": ["small", "large"]},
    }
    schema.write_text(json.dumps({"type": "object", "properties": properties}))

    said = mailroom.run("types", "add", "parcel", "--from-schema", str(schema)).stderr

    folder = "functions/message_types/parcel"
    assert f"look at {folder}/__init__.py and {folder}/migrations" in said
    assert "mailroom up" in said
    assert f"mailroom send {folder}/samples.jsonl" in said
    migration = (copy.root / folder / "migrations" / "parcel.0001.sql").read_text()
    assert """"size" text CHECK ("size" IN ('small', 'large'))""" in migration
    printed = json.loads(mailroom.run("types", "schema", "parcel").stdout)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(printed)
    assert printed["properties"]["weight"]["description"] == "In kilograms."
    sample = json.loads((copy.root / folder / "samples.jsonl").read_text().splitlines()[0])
    validator = Draft202012Validator(printed)
    assert validator.is_valid(sample["data"])
    assert not validator.is_valid({**sample["data"], "size": "medium"})
    checked = mailroom.run("check", "--no-package").stderr
    assert re.search(r"room for \d\d types: Resources, \d+ of 500 now", checked)


def test_a_type_goes_only_when_nothing_of_it_is_left_and_takes_its_tables_when_asked(
    copy: Project, mailroom: Command, tmp_path: Path
) -> None:
    mailroom.run("types", "add", "invoice", "--field", "amount:decimal")
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
