"""The columns that the fields of a model become, and the JSON that each of them takes."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NamedTuple,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
)
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from messages.cloudevents.timestamp import utc
from messages.json_text import Inexact

_BIGINT = (-(2**63), 2**63 - 1)
# In this order: bool is an int, datetime is a date.
_SQL_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (float, "double precision"),
    (Decimal, "numeric"),
    (datetime, "timestamptz"),
    (date, "date"),
    (UUID, "uuid"),
    (dict, "json"),
    (list, "json"),
    (BaseModel, "json"),
)
_PLAIN = (str, int, float, NoneType)


class NoColumn(Exception):
    """Raised when no type of Postgres has the values of a field; it says why."""


@dataclass(frozen=True)
class Column:
    """The column of a field.

    Attributes:
        name: The column's name, which is the field's.
        key: The field's key in JSON.
        sql: The column's type in Postgres.
        nullable: Whether the field may be absent or null.
        values: The only values that it has, if the model lists them.
        bounds: The lowest and the highest whole number, if the model has both.
    """

    name: str
    key: str
    sql: str
    nullable: bool
    values: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None

    def problem(self, value: Any) -> str | None:
        """Return why Postgres would not take a value that pydantic has accepted."""
        if self.sql == "double precision" and isinstance(value, Inexact):
            return "a floating-point number can't represent it exactly"
        form = _FORMS.get(self.sql)
        return form(value) if form and isinstance(value, str) else None


def column_of(name: str, field: FieldInfo) -> Column:
    """Return the column of a model's field.

    Raises:
        NoColumn: when the field's values have no type in Postgres.
    """
    kind = _kind(field.annotation, field.metadata)
    key = field.validation_alias or field.alias or name
    if not isinstance(key, str):
        raise NoColumn("its alias must be one key of JSON")
    nullable = kind.nullable or not field.is_required()
    return Column(name, key, kind.sql, nullable, kind.values, kind.bounds)


def is_plain(annotation: Any, seen: frozenset[type] = frozenset()) -> bool:
    """Return whether a type's values in Python are those that parsed JSON has.

    Others, such as dates, are validated from the JSON text, of which pydantic then makes them.
    """
    if isinstance(annotation, TypeAliasType):
        return is_plain(annotation.__value__, seen)
    origin = get_origin(annotation)
    if origin is Literal or annotation is Any:
        return True
    if origin is Annotated:
        return is_plain(get_args(annotation)[0], seen)
    if origin in (Union, UnionType, dict, list):
        return all(is_plain(part, seen) for part in get_args(annotation))
    if not isinstance(annotation, type):
        return False
    if issubclass(annotation, BaseModel):
        fields = annotation.model_fields.values()
        inner = seen | {annotation}
        return annotation in seen or all(is_plain(one.annotation, inner) for one in fields)
    return annotation in (dict, list, bool, *_PLAIN)


class _Kind(NamedTuple):
    """What a type's values are in Postgres."""

    sql: str
    nullable: bool = False
    values: tuple[str, ...] = ()
    bounds: tuple[int, int] | None = None


def _kind(annotation: Any, metadata: Iterable[Any]) -> _Kind:
    origin = get_origin(annotation)
    if isinstance(annotation, TypeAliasType):
        return _kind(annotation.__value__, metadata)
    if origin is Annotated:
        return _kind(get_args(annotation)[0], (*metadata, *annotation.__metadata__))
    if origin in (Union, UnionType):
        others = [one for one in get_args(annotation) if one is not NoneType]
        if len(others) == 1:
            return _kind(others[0], metadata)._replace(nullable=True)
        raise NoColumn("a union of several types has no column; use a model or dict[str, Any]")
    if origin is Literal or (isinstance(annotation, type) and issubclass(annotation, Enum)):
        return _Kind("text", values=_listed(annotation))
    plain = origin or annotation
    if isinstance(plain, type):
        for python, sql in _SQL_TYPES:
            if issubclass(plain, python):
                return _Kind(sql)
        if issubclass(plain, int):
            return _integer(metadata)
        if issubclass(plain, str):
            return _Kind("text")
    raise NoColumn(f"{getattr(plain, '__name__', plain)} has no column")


def _listed(annotation: Any) -> tuple[str, ...]:
    enum = isinstance(annotation, type)
    values = [one.value for one in annotation] if enum else list(get_args(annotation))
    if not all(isinstance(value, str) for value in values):
        raise NoColumn("only texts can be listed as values")
    return tuple(values)


def _integer(metadata: Iterable[Any]) -> _Kind:
    bounds: dict[str, int | None] = {"ge": None, "gt": None, "le": None, "lt": None}
    for one in metadata:
        for bound in one.metadata if isinstance(one, FieldInfo) else (one,):
            bounds |= {name: getattr(bound, name) for name in bounds if hasattr(bound, name)}
    lowest = bounds["ge"]
    if lowest is None and bounds["gt"] is not None:
        lowest = bounds["gt"] + 1
    highest = bounds["le"]
    if highest is None and bounds["lt"] is not None:
        highest = bounds["lt"] - 1
    if lowest is None or highest is None:
        return _Kind("numeric")
    fits = lowest >= _BIGINT[0] and highest <= _BIGINT[1]
    return _Kind("bigint" if fits else "numeric", bounds=(lowest, highest))


def _pattern(pattern: str, what: str) -> Callable[[str], str | None]:
    form = re.compile(pattern, re.ASCII)
    return lambda value: None if form.fullmatch(value) else what


def _timestamp(value: str) -> str | None:
    try:
        utc(value)
    except ValueError as error:
        return str(error)
    return None


# pydantic accepts more forms than Postgres, such as a date as seconds since 1970.
_FORMS: dict[str, Callable[[str], str | None]] = {
    "date": _pattern(r"\d{4}-\d\d-\d\d", "not a date such as 2026-01-31"),
    "timestamptz": _timestamp,
    "uuid": _pattern(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "not a UUID"),
    "numeric": _pattern(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?", "not a decimal number"),
}
