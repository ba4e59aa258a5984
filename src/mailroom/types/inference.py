"""Finds the fields of a new message type in messages, or in a JSON Schema."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mailroom.errors import Refused
from mailroom.types.fields import Field

_MAX_SAMPLES = 10
_FORMS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.A),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.A),
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.A),
}
_FORMATS = {"date": "date", "date-time": "datetime", "uuid": "uuid"}
_SCHEMA_TYPES = {
    "string": "text",
    "integer": "int",
    "number": "decimal",
    "boolean": "bool",
    "object": "json",
    "array": "list",
}


def fields_of_samples(file: Path) -> tuple[list[Field], list[dict[str, Any]]]:
    """The fields that the messages of a file have, and the data of the first ones.

    The file has lines, or an array. Each of them is a CloudEvent, or the data of one.

    Raises:
        Refused: The file can't be read, or a field has values of several types.
    """
    found = [_data(place, value) for place, value in _values(file)]
    if not found:
        raise Refused(f"{file}: there is no message in it")
    keys = dict.fromkeys(key for data in found for key in data)
    return [_field(file, key, found) for key in keys], found[:_MAX_SAMPLES]


def fields_of_schema(file: Path) -> list[Field]:
    """The fields of a JSON Schema of an object.

    Raises:
        Refused: The file can't be read, or a property's schema has no type of a field.
    """
    try:
        schema = json.loads(_text(file))
    except ValueError as error:
        raise Refused(f"{file}: not JSON: {error}") from None
    try:
        properties = schema["properties"].items()
    except (KeyError, TypeError, AttributeError):
        raise Refused(
            f"{file}: this is no JSON Schema of an object", "one has an object `properties`"
        ) from None
    required = schema.get("required", [])
    return [_property(file, schema, key, one, key in required) for key, one in properties]


def _values(file: Path) -> Iterator[tuple[str, Any]]:
    """The values of a file's lines, or of its array, each with its place."""
    text = _text(file)
    try:
        if text.lstrip().startswith("["):
            yield from ((f"{file}[{index}]", one) for index, one in enumerate(json.loads(text)))
            return
    except json.JSONDecodeError as error:
        raise Refused(f"{file}:{error.lineno}: not JSON: {error.msg}") from None
    for number, line in enumerate(text.splitlines(), 1):
        try:
            if line.strip():
                yield f"{file}:{number}", json.loads(line)
        except ValueError as error:
            raise Refused(f"{file}:{number}: not JSON: {error}") from None


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError as error:
        raise Refused(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused(f"{file}: this is not UTF-8") from None


def _data(place: str, value: Any) -> dict[str, Any]:
    data = value.get("data") if isinstance(value, dict) and "specversion" in value else value
    if not isinstance(data, dict):
        raise Refused(f"{place}: a JSON object is required, as the data of an event")
    return data


def _field(file: Path, key: str, found: Iterable[dict[str, Any]]) -> Field:
    values = [data.get(key) for data in found]
    known = [value for value in values if value is not None]
    kinds = {_kind(value) for value in known}
    if kinds == {"int", "decimal"}:
        kinds = {"decimal"}
    texts = {"text", *_FORMS}
    if len(kinds) > 1 and kinds <= texts:
        kinds = {"text"}
    if len(kinds) > 1:
        raise Refused(
            f"{file}: field {key} has values of several types: {', '.join(sorted(kinds))}",
            "declare the fields by --field, or in a model of your own",
        )
    return Field(key, kinds.pop() if kinds else "text", len(known) < len(values))


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int" if -(2**63) <= value < 2**63 else "decimal"
    if isinstance(value, str):
        return next((kind for kind, form in _FORMS.items() if form.fullmatch(value)), "text")
    return {float: "decimal", dict: "json", list: "list"}[type(value)]


def _property(file: Path, whole: Any, key: str, schema: Any, required: bool) -> Field:
    description = schema.get("description", "") if isinstance(schema, dict) else ""
    described, nullable = _without_null(whole, schema)
    optional = nullable or not required
    values = described.get("enum", [described["const"]] if "const" in described else [])
    if values and all(isinstance(value, str) for value in values):
        return Field(key, "text", optional, tuple(values), description)
    kind = _SCHEMA_TYPES.get(str(described.get("type")))
    if kind is None or values:
        raise Refused(
            f"{file}: property {key} has no type that a field can have",
            f"types: {', '.join(_SCHEMA_TYPES)}",
        )
    if kind == "text":
        kind = _FORMATS.get(described.get("format", ""), kind)
    return Field(key, kind, optional, (), description)


def _without_null(whole: Any, schema: Any) -> tuple[dict[str, Any], bool]:
    """A property's schema without null among its types, and whether null was."""
    if not isinstance(schema, dict):
        return {}, False
    if (ref := schema.get("$ref")) is not None:
        target = whole
        for step in str(ref).removeprefix("#/").split("/"):
            target = target.get(step, {}) if isinstance(target, dict) else {}
        return _without_null(whole, target)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        others = [one for one in choices if one != {"type": "null"}]
        found = _without_null(whole, others[0])[0] if len(others) == 1 else {}
        return found, len(others) < len(choices)
    types = schema.get("type")
    if isinstance(types, list):
        others = [one for one in types if one != "null"]
        alone = {**schema, "type": others[0]} if len(others) == 1 else {}
        return alone, len(others) < len(types)
    return schema, False
