"""Attributes of type Number, of messages of SQS and SNS."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any


def uncastable(attributes: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The name of the first attribute that is called a number and isn't one; None if all are."""
    for name, attribute in attributes.items():
        kind = str(attribute.get("DataType") or "")
        if kind.partition(".")[0] == "Number" and not _is_number(attribute.get("StringValue")):
            return name
    return None


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False
