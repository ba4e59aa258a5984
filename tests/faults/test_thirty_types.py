"""Thirty message types are deployed, carry their messages, and pass the checks."""

import json
from typing import Any

import psycopg

from mailroom.project import Project
from tests.support.command import Command
from tests.support.own_checkout import copy as copy
from tests.support.own_checkout import mailroom as mailroom

COUNT, EACH = 30, 4
FIRST = "order_of_shop_00"
FIELDS = ("--field", "amount:decimal", "--field", "currency:text", "--field", "due:date?")
DATA = {"amount": "12.50", "currency": "EUR", "due": "2026-01-31"}


def add_types(copy: Project, mailroom: Command) -> list[str]:
    """Add types until there are thirty: one by command, the others as copies of its folder."""
    mailroom.run("types", "add", FIRST, *FIELDS)
    folder = copy.functions / "message_types" / FIRST
    there = len([path for path in folder.parent.iterdir() if (path / "__init__.py").exists()])
    names = [FIRST.replace("00", f"{number:02}") for number in range(COUNT - there + 1)]
    for name in names[1:]:
        for source in folder.rglob("*"):
            if source.is_file() and "__pycache__" not in source.parts:
                relative = str(source.relative_to(folder)).replace(FIRST, name)
                target = folder.parent / name / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                text = source.read_text().replace(FIRST, name)
                target.write_text(text.replace(pascal(FIRST), pascal(name)))
    mailroom.run("types", "generate")
    return names


def pascal(name: str) -> str:
    return name.title().replace("_", "")


def event(type_: str, number: int) -> dict[str, Any]:
    common = {"specversion": "1.0", "source": "/tests", "type": type_}
    return {**common, "id": f"{type_}-{number}", "data": DATA}


def test_thirty_types_are_deployed_used_and_checked(copy: Project, mailroom: Command) -> None:
    names = add_types(copy, mailroom)

    mailroom.run("up", seconds=600)
    listed = {one["name"]: one for one in mailroom.json("types")}
    samples = copy.functions / "message_types"
    others = [
        json.loads((samples / name / "samples.jsonl").read_text().splitlines()[0])
        for name in sorted({*listed} - {*names})
    ]
    events = [event(name, number) for number in range(EACH) for name in names] + others
    result = mailroom.send(events)
    checked = mailroom.run("check", "--no-package", seconds=300)

    assert len(listed) == COUNT
    assert sum(result["published"].values()) == len(events)
    assert all(result[name]["ingested"] == EACH for name in names)
    with psycopg.connect(mailroom.run("database", "url").stdout.strip()) as database:
        for name in names:
            table = listed[name]["table"]
            found = database.execute(f"SELECT id, amount FROM {table} ORDER BY id").fetchall()
            assert [id_ for id_, _ in found] == [f"{name}-{number}" for number in range(EACH)]
    assert "0 findings" in checked.stdout + checked.stderr
