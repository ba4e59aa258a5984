"""The fields of a new type are declared, or found in messages or in a schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from mailroom.errors import Refused
from mailroom.types.fields import Field, declare, parse_field
from mailroom.types.inference import fields_of_samples, fields_of_schema


def samples(tmp_path: Path, *lines: Any) -> Path:
    file = tmp_path / "samples.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file


def schema(tmp_path: Path, properties: Any, **others: Any) -> Path:
    file = tmp_path / "schema.json"
    file.write_text(json.dumps({"type": "object", "properties": properties, **others}))
    return file


def test_an_option_declares_a_field() -> None:
    assert parse_field("amount:decimal") == Field("amount", "decimal")
    assert parse_field("due:date?") == Field("due", "date", optional=True)
    assert parse_field("level:low|high?") == Field("level", "text", True, ("low", "high"))


@pytest.mark.parametrize("text", ["amount", "amount:", "amount:money", "a b:text", "class:text"])
def test_an_option_that_is_no_field_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="--field"):
        parse_field(text)


def test_messages_tell_the_types_of_their_fields(tmp_path: Path) -> None:
    fields, data = fields_of_samples(
        samples(
            tmp_path,
            {"specversion": "1.0", "data": {"a": 1, "b": "2026-01-31", "c": None, "d": 1, "e": []}},
            {"a": 2, "b": "text", "c": True, "d": 1.5, "f": {}, "g": "2026-01-31T12:00:00Z"},
        )
    )

    assert fields == [
        Field("a", "int"),
        Field("b", "text"),
        Field("c", "bool", optional=True),
        Field("d", "decimal"),
        Field("e", "list", optional=True),
        Field("f", "json", optional=True),
        Field("g", "datetime", optional=True),
    ]
    assert data[0]["b"] == "2026-01-31"


@pytest.mark.parametrize(
    ("lines", "said"),
    [([], "no message"), ([1], ":1: a JSON object"), ([{"a": 1}, {"a": "x"}], "field a has")],
)
def test_messages_that_tell_no_fields_are_refused(
    tmp_path: Path, lines: list[Any], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        fields_of_samples(samples(tmp_path, *lines))


def test_a_schema_tells_fields_and_descriptions(tmp_path: Path) -> None:
    properties = {
        "a": {"type": "string", "format": "date", "description": "When."},
        "b": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "c": {"type": ["integer", "null"]},
        "d": {"enum": ["x", "y"]},
        "e": {"$ref": "#/$defs/E"},
    }
    defined = {"$defs": {"E": {"type": "object"}}}
    file = schema(tmp_path, properties, required=["a", "b", "d"], **defined)

    fields = fields_of_schema(file)

    assert fields == [
        Field("a", "date", description="When."),
        Field("b", "decimal", optional=True),
        Field("c", "int", optional=True),
        Field("d", "text", values=("x", "y")),
        Field("e", "json", optional=True),
    ]


def test_a_schema_that_has_no_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="property a"):
        fields_of_schema(schema(tmp_path, {"a": {"type": ["integer", "string"]}}))


def test_a_key_that_is_no_name_in_python_stays_the_key_in_json() -> None:
    keys = ["orderDate", "from", "id", "2nd", "a b", "a-b", "json", "…"]

    _, lines = declare([Field(key, "text") for key in keys], taken_names_are_refused=False)

    names = [line.strip().partition(":")[0] for line in lines if line]
    assert names == ["order_date", "from_", "id_", "field_2_nd", "a_b", "a_b_", "json_", "field"]
    assert all(name.isidentifier() for name in names)
