"""The orders of a day."""

from typing import Any

ORDERS = {
    "2026-11-27": [{"id": 1, "quantity": 2, "price": 5}, {"id": 2, "quantity": 1, "price": 30}],
}


def orders(event: dict[str, str], context: object) -> list[dict[str, Any]]:
    """The orders of the day; where a real application reads a database."""
    return ORDERS.get(event["day"], [])
