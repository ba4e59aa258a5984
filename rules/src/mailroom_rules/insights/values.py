"""Values of fields: numbers, texts, booleans, or nothing; and times."""

import math
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_MONTHS = {"mo": 1, "q": 3, "y": 12}
COMPARISONS: dict[str, Callable[[Any, Any], object]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_PERIOD = re.compile(r"(\d+)\s*([a-z]+)")


class Time(int):
    """Milliseconds since 1970, which a result shows as date and time."""


def number(value: Any) -> float | None:
    """A value as a number, if it is one."""
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def text(value: Any) -> str:
    """A value as a result shows it."""
    if isinstance(value, Time):
        moment = datetime.fromtimestamp(value / 1000, UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S}.{value % 1000:03d}"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)


def order(value: Any) -> tuple[int, float, str]:
    """What values are sorted by: nothing, numbers, texts."""
    if value is None:
        return 0, 0, ""
    found = number(value)
    return (2, 0, str(value)) if found is None else (1, found, "")


def compare(left: Any, sign: str, right: Any) -> bool:
    """Compare two values: as numbers if both are; nothing is equal to nothing and to no value."""
    if left is None or right is None:
        return sign == "!="
    numbers = number(left), number(right)
    if isinstance(left, bool) or isinstance(right, bool):
        words = {"true": 1.0, "false": 0.0}
        numbers = (
            words.get(str(left).lower(), numbers[0]),
            words.get(str(right).lower(), numbers[1]),
        )
    a: Any = str(left)
    b: Any = str(right)
    if numbers[0] is not None and numbers[1] is not None:
        a, b = numbers
    return bool(COMPARISONS[sign](a, b))


def floor_time(moment: int, period: str) -> Time:
    """The beginning of the period, such as `5m`, that a time is in."""
    found = _PERIOD.match(period.lower())
    assert found is not None, "the scanner takes no other periods"
    count, unit = max(1, int(found[1])), _unit(found[2])
    if unit in _UNITS:
        length = count * _UNITS[unit]
        return Time(moment // length * length)
    date = datetime.fromtimestamp(moment / 1000, UTC)
    months = count * _MONTHS[unit]
    since = (date.year * 12 + date.month - 1) // months * months
    begin = datetime(since // 12, since % 12 + 1, 1, tzinfo=UTC)
    return Time(int(begin.timestamp()) * 1000)


_NAMES = {
    "ms": ("millisecond", "msec"),
    "s": ("second", "sec"),
    "m": ("minute", "min"),
    "h": ("hour", "hr"),
    "d": ("day",),
    "w": ("week",),
    "mo": ("month", "mon"),
    "q": ("quarter", "qtr"),
    "y": ("year", "yr"),
}
_UNIT_OF = {name: unit for unit, names in _NAMES.items() for name in (unit, *names)}


def _unit(name: str) -> str:
    """The shortest name of a unit, which may be in the plural."""
    return _UNIT_OF.get(name) or _UNIT_OF[name.removesuffix("s")]
