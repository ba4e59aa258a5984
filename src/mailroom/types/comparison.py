"""What has changed between two contracts, and which changes break producers or stored rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mailroom.types.asyncapi import messages, table
from mailroom.types.schema_changes import Comparison, Resolve

Contract = dict[str, Any]
"""An AsyncAPI document, as `asyncapi` makes it."""

_WIDER = {("bigint", "numeric")}


class Breaks(StrEnum):
    """What a change breaks."""

    PRODUCERS = "producers"
    ROWS = "rows"


@dataclass(frozen=True)
class Change:
    """A difference between two contracts.

    Attributes:
        type: The message type.
        place: A field, a column or a table; empty for the type itself.
        what: What has changed.
        breaks: What it breaks; None if nothing.
    """

    type: str
    place: str
    what: str
    breaks: Breaks | None = None

    def __str__(self) -> str:
        broken = f" (breaks {self.breaks})" if self.breaks else ""
        return f"{self.type}{f'.{self.place}' if self.place else ''} {self.what}{broken}"


def compare(before: Contract, after: Contract) -> list[Change]:
    """What has changed, by type.

    A change breaks producers if a message that was valid no longer is. It breaks rows if those
    that are stored can't have what the model says, or are in another table.
    """
    old, new = set(messages(before)), set(messages(after))
    found = [Change(name, "", "is gone", Breaks.PRODUCERS) for name in old - new]
    found += [Change(name, "", "is new") for name in new - old]
    for name in old & new:
        found += _data_changes(name, before, after)
        found += _table_changes(name, table(before, name), table(after, name))
    return sorted(found, key=lambda one: (one.type, one.place, one.what))


def added_columns(before: Contract, after: Contract, name: str) -> list[str]:
    """The columns of a type that are new in a contract, of a type that isn't."""
    if name not in messages(before):
        return []
    known = table(before, name)["columns"]
    return [column for column in table(after, name)["columns"] if column not in known]


def _data_changes(name: str, before: Contract, after: Contract) -> Iterator[Change]:
    reference = {"$ref": f"#/components/schemas/{name}"}
    forth = Comparison(_resolver(before), _resolver(after))
    back = Comparison(_resolver(after), _resolver(before))
    narrower = dict(forth.narrower(reference, reference, ""))
    for place, what in narrower.items():
        yield Change(name, place, what, Breaks.PRODUCERS)
    for place, what in dict(back.narrower(reference, reference, "")).items():
        if place not in narrower:
            yield Change(name, place, _reversed(what))


def _table_changes(name: str, before: Any, after: Any) -> Iterator[Change]:
    if before["name"] != after["name"]:
        moved = f"has table {after['name']}, and its rows are in {before['name']}"
        yield Change(name, "", moved, Breaks.ROWS)
    for column in after["columns"]:
        new, old = after["columns"][column], before["columns"].get(column)
        if old is None and not new["nullable"]:
            unfilled = "is a new column, which can't be filled in rows that are there"
            yield Change(name, column, unfilled, Breaks.ROWS)
        elif old is None:
            yield Change(name, column, "is a new column")
        elif old["type"] != new["type"]:
            breaks = None if (old["type"], new["type"]) in _WIDER else Breaks.ROWS
            yield Change(name, column, f"is {new['type']}, and was {old['type']}", breaks)
        elif old["nullable"] and not new["nullable"]:
            yield Change(name, column, "is null in rows that are there", Breaks.ROWS)


def _reversed(what: str) -> str:
    """What is wider, from the words for what would be narrower the other way round."""
    words = {
        "is gone, and refused as an unknown field": "is new and optional",
        "is new and required": "is gone, and was required",
        "is now required": "is no longer required",
    }
    return words.get(what, "takes more than before")


def _resolver(document: Contract) -> Resolve:
    def resolve(reference: str) -> Any:
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        return target

    return resolve
