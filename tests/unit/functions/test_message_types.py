"""A message type's folder is read as it is meant, or refused with file, line and reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import describe, names, types
from messages.event import validate
from messages.json_text import parse
from messages.problems import InvalidEvent
from process_messages.statements import insert

MODEL = '''
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from messages.data import Data, Integer, Text


class Currency(StrEnum):
    EUR = "EUR"
    USD = "USD"


class Line(Data):
    text: Text


class Invoice(Data):
    """A bill."""

    amount: Decimal
    currency: Currency
    number: Integer
    exact: int
    rate: float
    paid: bool
    due: date
    sent: datetime | None = None
    customer: UUID
    terms: Literal["net", "gross"] = "net"
    lines: list[Line]
    note: str | None = Field(None, alias="the 'note'")
'''
DATA = {
    "amount": "12.50",
    "currency": "EUR",
    "number": 7,
    "exact": 2**80,
    "rate": 0.5,
    "paid": False,
    "due": "2026-01-31",
    "customer": "7f0c2a5e-3a5b-4d6e-8f90-0123456789ab",
    "lines": [{"text": "a"}],
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(name: str = "invoice", model: str = MODEL, **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(model)
        for file, text in files.items():
            (folder / file.replace("__", ".")).write_text(text)
        return folder

    return make


def refusal(folder: Path) -> tuple[str, int, str]:
    described = describe.describe(folder)
    [fault] = described["faults"]
    return fault["file"].removeprefix("message_types/"), fault["line"], fault["reason"]


def event(data: dict[str, Any]) -> str:
    fixed = {"specversion": "1.0", "id": "1", "source": "/tests", "type": "invoice"}
    return json.dumps(fixed | {"data": data})


def fields(one: types.MessageType, **changes: Any) -> list[str]:
    text = event(DATA | changes)
    try:
        validate(one, parse(text), text)
    except InvalidEvent as error:
        return [problem.field for problem in error.problems]
    return []


def test_a_field_becomes_a_column_that_has_all_of_its_values(write: Write) -> None:
    columns = {one.name: one for one in types.load_type(write()).columns}

    assert {name: one.sql for name, one in columns.items()} == {
        "amount": "numeric",
        "currency": "text",
        "number": "bigint",
        "exact": "numeric",
        "rate": "double precision",
        "paid": "boolean",
        "due": "date",
        "sent": "timestamptz",
        "customer": "uuid",
        "terms": "text",
        "lines": "json",
        "note": "text",
    }
    assert [name for name, one in columns.items() if one.nullable] == ["sent", "terms", "note"]
    assert columns["currency"].values == ("EUR", "USD")
    assert columns["terms"].values == ("net", "gross")


def test_a_key_with_quotes_stays_a_text_within_the_statement(write: Write) -> None:
    assert "data ->> 'the ''note'''" in insert(types.load_type(write()))


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"amount": 12.5}, []),
        ({"amount": 1}, []),
        ({"sent": "2026-01-31T12:00:00Z"}, []),
        ({"the 'note'": "n"}, []),
        ({"amount": "twelve"}, ["data.amount"]),
        ({"amount": "1_000"}, ["data.amount"]),
        ({"amount": "\uff11"}, ["data.amount"]),
        ({"amount": "NaN"}, ["data.amount"]),
        ({"number": 2**63}, ["data.number"]),
        ({"number": "7"}, ["data.number"]),
        ({"rate": "0.5"}, ["data.rate"]),
        ({"paid": 1}, ["data.paid"]),
        ({"due": "31.1.2026"}, ["data.due"]),
        ({"due": 1}, ["data.due"]),
        ({"sent": "1493979010"}, ["data.sent"]),
        ({"sent": "2026-01-31T12:00:00"}, ["data.sent"]),
        ({"customer": "urn:uuid:7f0c2a5e-3a5b-4d6e-8f90-0123456789ab"}, ["data.customer"]),
        ({"currency": "CHF"}, ["data.currency"]),
        ({"surplus": 1}, ["data.surplus"]),
    ],
)
def test_only_what_postgres_takes_is_valid(
    write: Write, changes: dict[str, Any], wrong: list[str]
) -> None:
    assert fields(types.load_type(write()), **changes) == wrong


def test_a_float_that_has_too_many_digits_is_refused(write: Write) -> None:
    one = types.load_type(write())
    text = event(DATA).replace("0.5", "0.12345678901234567890123")

    with pytest.raises(InvalidEvent, match=r"data\.rate"):
        validate(one, parse(text), text)


def test_a_description_has_docstrings_settings_and_samples(write: Write) -> None:
    settings = 'table = "bills"\n[queue]\nmax_receive_count = 3\n[grants]\nledger = "INSERT"\n'
    folder = write(type__toml=settings, samples__jsonl=event(DATA) + "\n\n")

    [found] = [one for one in describe.describe(folder)["types"] if one["name"] == "invoice"]

    assert found["title"] == found["schema"]["description"] == "A bill."
    assert found["settings"]["table"] == "bills"
    assert found["settings"]["max_receive_count"] == 3
    assert found["settings"]["grants"] == {"ledger": "INSERT"}
    assert len(found["samples"]) == 1
    assert not found["action"]


def test_messages_are_invisible_for_the_window_too(write: Write) -> None:
    settings = "[events]\nbatch_size = 1000\nwindow = 2\n"

    one = types.load_type(write(type__toml=settings)).settings

    assert (one.batch_size, one.window, one.visibility_timeout) == (1000, 2, 362)


def test_the_types_of_today_have_no_faults() -> None:
    described = describe.describe()

    assert described["faults"] == []
    assert [one["name"] for one in described["types"]] == sorted(types.message_types())


SMALL = "from messages.data import Data\n\n\nclass Small(Data):\n    field: str\n"


@pytest.mark.parametrize(
    ("name", "model", "files", "expected"),
    [
        ("invoice", "import nothing_such", {}, ("invoice/__init__.py", 1, "ModuleNotFoundError")),
        ("invoice", "\n\nx = (", {}, ("invoice/__init__.py", 3, "SyntaxError")),
        ("invoice", "x = 1", {}, ("invoice/__init__.py", 1, "one subclass of")),
        ("invoice", SMALL + "    source: str\n", {}, ("invoice/__init__.py", 6, "source: it")),
        ("invoice", SMALL + "    a: int | str\n", {}, ("invoice/__init__.py", 6, "a: a union")),
        ("invoice", SMALL + "    a: bytes\n", {}, ("invoice/__init__.py", 6, "a: bytes")),
        ("select", SMALL, {}, ("select/__init__.py", 1, "no type can be named select")),
        ("class", SMALL, {}, ("class/__init__.py", 1, "no type can be named class")),
        ("Résumé", SMALL, {}, ("Résumé/__init__.py", 1, "no type can be named Résumé")),
        ("published", SMALL, {}, ("published/__init__.py", 1, "no type can be named published")),
        ("invoice", SMALL, {"type__toml": "a = ["}, ("invoice/type.toml", 1, "Invalid value")),
        ("invoice", SMALL, {"type__toml": "\nqeue = 1"}, ("invoice/type.toml", 2, "qeue: unknown")),
        (
            "invoice",
            SMALL,
            {"type__toml": "[queue]\nretention = 59"},
            ("invoice/type.toml", 2, "retention: a whole number from 60"),
        ),
        (
            "invoice",
            SMALL,
            {"type__toml": '[grants]\nmessages = "DELETE"'},
            ("invoice/type.toml", 2, "messages: the inbox's own"),
        ),
        (
            "invoice",
            SMALL,
            {"type__toml": '[grants]\nledger = "ALL; DROP TABLE messages"'},
            ("invoice/type.toml", 2, "ledger: SELECT"),
        ),
        (
            "invoice",
            SMALL,
            {"type__toml": 'table = "alerts"'},
            ("invoice/type.toml", 1, "table alerts is the table of type alert"),
        ),
        (
            "invoice",
            SMALL,
            {"samples__jsonl": f"{event({'field': 'a'})}\n{event({'field': 1})}"},
            ("invoice/samples.jsonl", 2, "data.field"),
        ),
        ("invoice", SMALL, {"action__py": "act = 1"}, ("invoice/action.py", 1, "it has no")),
        ("invoice", SMALL, {"action__py": "\n1/0"}, ("invoice/action.py", 2, "ZeroDivisionError")),
    ],
)  # fmt: skip
def test_a_wrong_folder_is_refused_with_file_line_and_reason(
    write: Write, name: str, model: str, files: dict[str, str], expected: tuple[str, int, str]
) -> None:
    file, line, reason = refusal(write(name, model, **files))

    assert (file, line) == expected[:2]
    assert reason.startswith(expected[2])


def test_a_migration_is_named_after_its_type(write: Write) -> None:
    folder = write(model=SMALL)
    (folder / "migrations").mkdir()
    (folder / "migrations" / "0001.sql").touch()

    assert refusal(folder)[0] == "invoice/migrations/0001.sql"


ACTION = """from messages.actions import ActionMessage, Transaction

_END = b"COMMIT"


def act(connection: Transaction, messages: list[ActionMessage]) -> None:
    cursor, again = connection.cursor(), None
    again = connection
    {}


def helper(of_the_caller: Transaction, other: object) -> None:
    {}
"""


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("connection.commit()", "commit()"),
        ("again.rollback()", "rollback()"),
        ("cursor.connection.commit()", "commit()"),
        ("with connection: pass", "with connection"),
        ("def inner(): connection.commit()", "commit()"),
        ("connection.execute('COMMIT')", "COMMIT"),
        ("cursor.execute(_END)", "COMMIT"),
        ("connection.execute('SELECT 1; rollback work')", "ROLLBACK"),
        ("connection.execute(f'{1} ; START TRANSACTION')", "START TRANSACTION"),
        ("connection.execute(sql.SQL('/* now */ BEGIN').format(1))", "BEGIN"),
    ],
)
def test_an_action_that_begins_or_ends_the_transaction_is_named_with_its_line(
    write: Write, statement: str, what: str
) -> None:
    folder = write(model=SMALL, action__py=ACTION.format(statement, "pass"))

    file, line, reason = refusal(folder)

    assert (file, line) == ("invoice/action.py", 9)
    assert reason.startswith(f"{what}: an action can't begin or end the transaction")


def test_a_helper_that_ends_the_transaction_is_named_with_its_line(write: Write) -> None:
    action = ACTION.format("helper(connection, 1)", "of_the_caller.commit()")

    assert refusal(write(model=SMALL, action__py=action))[:2] == ("invoice/action.py", 13)


@pytest.mark.parametrize(
    "statement",
    [
        "with connection.transaction(): connection.execute('SAVEPOINT s; ROLLBACK TO s')",
        "other.commit()",
        "other.execute(f\"SELECT 'a; COMMIT', {other}\")",
        "connection.execute('SELECT CASE WHEN true THEN 1 END')",
        "other = messages == 'COMMIT'",
    ],
)
def test_an_action_may_do_what_begins_or_ends_no_transaction(write: Write, statement: str) -> None:
    folder = write(model=SMALL, action__py=ACTION.format("pass", statement))

    assert describe.describe(folder)["faults"] == []


@given(st.text(max_size=25))
def test_a_name_of_a_type_is_safe_in_sql_python_and_logical_names(name: str) -> None:
    if names.wrong_type_name(name) is None:
        assert name.isidentifier()
        assert name.isascii()
        assert name == name.lower()
        assert "__" not in name
