"""The fields of a message type that is to be added, and the Python that declares them."""

import json
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mailroom.errors import Refused
from mailroom.wording import did_you_mean

# What each kind is in Python, which import that takes, and a value of it as JSON.
KINDS: dict[str, tuple[str, str, Any]] = {
    "text": ("str", "", "text"),
    "int": ("Integer", "from messages.data import Integer", 1),
    "decimal": ("Decimal", "from decimal import Decimal", "1.50"),
    "float": ("float", "", 0.5),
    "bool": ("bool", "", True),
    "date": ("date", "from datetime import date", "2026-01-31"),
    "datetime": ("datetime", "from datetime import datetime", "2026-01-31T12:00:00Z"),
    "uuid": ("UUID", "from uuid import UUID", "7f0c2a5e-3a5b-4d6e-8f90-0123456789ab"),
    "json": ("dict[str, Any]", "from typing import Any", {}),
    "list": ("list[Any]", "from typing import Any", []),
}
_LITERAL = "from typing import Literal"
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# The inbox's columns, and what pydantic's models have themselves.
_TAKEN = frozenset(
    """
    source id type batch_id digest subject time event ingested_at
    construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json
    update_forward_refs validate
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Field:
    """A field of a type's data.

    Attributes:
        key: Its key in JSON.
        kind: A key of KINDS.
        optional: Whether it may be absent or null.
        values: The only texts that it may be, if any are listed.
        description: What it is.
    """

    key: str
    kind: str
    optional: bool = False
    values: tuple[str, ...] = ()
    description: str = ""

    @property
    def annotation(self) -> str:
        """Its type in Python."""
        listed = ", ".join(json.dumps(value) for value in self.values)
        return f"Literal[{listed}]" if listed else KINDS[self.kind][0]

    @property
    def sample(self) -> Any:
        """A value that it may have, as JSON."""
        return self.values[0] if self.values else KINDS[self.kind][2]


def parse_field(text: str) -> Field:
    """The field of an option such as `amount:decimal`, `due:date?` or `level:low|high`.

    Raises:
        Refused: It is none.
    """
    key, _, kind = text.partition(":")
    optional = kind.endswith("?")
    kind = kind.removesuffix("?")
    known = f"known are {', '.join(KINDS)}, or values such as low|high"
    if not key.isidentifier() or keyword.iskeyword(key):
        raise Refused(f"--field {text}: {key!r} is no name of a field in Python")
    if "|" in kind and all(kind.split("|")):
        return Field(key, "text", optional, tuple(kind.split("|")))
    if not kind:
        raise Refused(f"--field {text}: a field has a type, as in {key}:text", known)
    if kind not in KINDS:
        hint = "\n".join(line for line in (did_you_mean(kind, KINDS), known) if line)
        raise Refused(f"--field {text}: {kind!r} is no type of a field", hint)
    return Field(key, kind, optional)


def declare(fields: Iterable[Field], taken_names_are_refused: bool) -> tuple[list[str], list[str]]:
    """The imports and the lines of a model's fields.

    Args:
        fields: The fields.
        taken_names_are_refused: Whether a key is to be the field's name as it is. Otherwise a key
            that can't be one gets a name like it, and stays the key in JSON.
    """
    imports: set[str] = set()
    lines: list[str] = []
    names: set[str] = set()
    for one in fields:
        name = one.key if taken_names_are_refused else _name(one.key, names)
        names.add(name)
        imports.add(_LITERAL if one.values else KINDS[one.kind][1])
        annotation = f"{one.annotation} | None" if one.optional else one.annotation
        default = "None" if one.optional else ""
        if name != one.key:
            imports.add("from pydantic import Field")
            alias = f"alias={json.dumps(one.key)}"
            default = f"Field(default=None, {alias})" if one.optional else f"Field({alias})"
        lines += ["", f"    {name}: {annotation}" + (f" = {default}" if default else "")]
        if one.description:
            lines.append(f"    {_docstring(one.description)}")
    return sorted(imports - {""}), lines


def sample_of(fields: Sequence[Field]) -> dict[str, Any]:
    """Data that has all fields."""
    return {one.key: one.sample for one in fields}


def _name(key: str, used: set[str]) -> str:
    name = "_".join(_WORDS.findall(key)).lower() if not _is_name(key) else key
    if not name or not name[0].isalpha():
        name = f"field_{name}".rstrip("_")
    if keyword.iskeyword(name) or name in _TAKEN or name.startswith("model_"):
        name = f"{name}_"
    while name in used:
        name = f"{name}_"
    return name


def _is_name(key: str) -> bool:
    return key.isascii() and key.isidentifier() and key == key.lower() and key[0] != "_"


def _docstring(text: str) -> str:
    one_line = " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")
    return f'"""{one_line}"""'
