"""What has changed between two contracts, and what of it breaks producers or stored rows."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, create_model

from mailroom.project import Project
from mailroom.types.asyncapi import asyncapi
from mailroom.types.comparison import Contract, compare
from mailroom.types.described import Column, MessageType
from messages.columns import column_of
from messages.data import Data, Text
from messages.describe import schema


class Part(Data):
    """A part of the data."""

    name: str


class Wider(Data):
    """The same, of which less is required."""

    name: str | None = None


class Tree(Data):
    """What has parts like itself."""

    children: list["Tree"]


def contract(table: str = "invoices", **fields: Any) -> Contract:
    """The contract of one type, `invoice`, whose model has these fields."""
    given: Any = {
        name: one if isinstance(one, tuple) else (one, ...) for name, one in fields.items()
    }
    model = create_model("Invoice", __base__=Data, **given)
    columns = tuple(
        Column(**{**column_of(name, field).__dict__}) for name, field in model.model_fields.items()
    )
    one = MessageType("invoice", "", table, columns, {}, schema(model), False, (), ())
    return asyncapi(Project.find(), [one])


def changes(before: Contract, after: Contract) -> set[tuple[str, str | None]]:
    return {(one.place, one.breaks) for one in compare(before, after)}


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        (str, str, set()),
        (str, int, {"producers", "rows"}),
        (str, str | None, set()),
        (str | None, str, {"producers", "rows"}),
        (str, (str, "default"), set()),
        ((str, "default"), str, {"producers", "rows"}),
        (str, Text, {"producers"}),
        (Text, str, set()),
        (Literal["a", "b"], Literal["a", "b", "c"], set()),
        (Literal["a", "b"], Literal["a"], {"producers"}),
        (Literal["a"], Literal["b"], {"producers"}),
        (str, Literal["a"], {"producers"}),
        (Literal["a"], str, set()),
        (Annotated[int, Field(ge=0, le=9)], Annotated[int, Field(ge=0, le=99)], set()),
        (Annotated[int, Field(ge=0, le=9)], Annotated[int, Field(ge=1, le=9)], {"producers"}),
        (Annotated[int, Field(ge=0, le=9)], int, set()),
        (int, Decimal, set()),
        (Decimal, int, {"producers"}),
        (date, str, {"rows"}),
        (str, date, {"producers", "rows"}),
        (Annotated[str, Field(pattern="a")], Annotated[str, Field(pattern="b")], {"producers"}),
        (list[int], list[float], set()),
        (list[float], list[int], {"producers"}),
        (dict[str, Any], dict[str, int], {"producers"}),
        (Part, Part, set()),
        (Part, Wider, set()),
        (Wider, Part, {"producers"}),
        (dict[str, Any], Part, {"producers"}),
        (list[Wider], list[Part], {"producers"}),
        (Tree, Tree, set()),
    ],
)
def test_a_field_breaks_producers_if_it_takes_less_and_rows_if_they_cannot_have_it(
    before: Any, after: Any, broken: set[str]
) -> None:
    found = compare(contract(amount=before), contract(amount=after))

    assert {str(one.breaks) for one in found if one.breaks} == broken
    assert all(one.place.startswith("amount") for one in found)


def test_a_field_that_is_new_and_optional_breaks_nothing() -> None:
    found = changes(contract(a=str), contract(a=str, b=(str | None, None)))

    assert found == {("b", None)}


def test_a_field_that_is_new_and_required_breaks_producers_and_rows() -> None:
    found = changes(contract(a=str), contract(a=str, b=str))

    assert found == {("b", "producers"), ("b", "rows")}


def test_a_field_that_is_gone_breaks_producers() -> None:
    found = changes(contract(a=str, b=(str | None, None)), contract(a=str))

    assert found == {("b", "producers")}


def test_a_type_that_is_gone_breaks_producers_and_a_new_one_nothing() -> None:
    none = asyncapi(Project.find(), [])

    assert changes(contract(a=str), none) == {("", "producers")}
    assert changes(none, contract(a=str)) == {("", None)}


def test_another_table_breaks_rows() -> None:
    assert changes(contract(a=str), contract("bills", a=str)) == {("", "rows")}


def test_words_and_descriptions_change_nothing() -> None:
    described = Annotated[str, Field(description="what it is", title="A")]

    assert compare(contract(a=str), contract(a=described)) == []
