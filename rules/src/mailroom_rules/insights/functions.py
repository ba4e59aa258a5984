"""The functions of expressions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import ipaddress
import json
import math
import time
from collections.abc import Callable
from typing import Any

from mailroom_rules.insights.values import Time, number, text

Function = Callable[..., Any]


def _numeric(function: Callable[..., float]) -> Function:
    """A function of numbers: nothing comes of what is no number."""

    def call(*values: Any) -> float | None:
        numbers = [number(value) for value in values]
        if any(value is None for value in numbers):
            return None
        try:
            return function(*numbers)
        except (ValueError, OverflowError):
            return None

    return call


def _textual(function: Callable[..., Any]) -> Function:
    """A function whose first argument is a text: nothing comes of nothing."""

    def call(value: Any, *values: Any) -> Any:
        return None if value is None else function(text(value), *values)

    return call


def _substring(value: str, start: Any, length: Any = None) -> str:
    begin = int(number(start) or 0)
    return value[begin:] if length is None else value[begin : begin + int(number(length) or 0)]


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return None


def _is_address(value: Any, *versions: int) -> bool:
    try:
        return ipaddress.ip_address(str(value)).version in versions
    except ValueError:
        return False


def _is_in_subnet(value: Any, network: Any, *versions: int) -> bool:
    try:
        subnet = ipaddress.ip_network(str(network), strict=False)
        return _is_address(value, *versions) and ipaddress.ip_address(str(value)) in subnet
    except ValueError:
        return False


def _is_blank(value: Any) -> bool:
    return value is None or not text(value).strip()


def _trim(strip: Callable[..., str]) -> Function:
    return _textual(lambda value, characters=None: strip(value, characters))


# Each with its least and its greatest number of arguments.
FUNCTIONS: dict[str, tuple[Function, int, int]] = {
    "abs": (_numeric(abs), 1, 1),
    "ceil": (_numeric(math.ceil), 1, 1),
    "floor": (_numeric(math.floor), 1, 1),
    "greatest": (_numeric(max), 1, 99),
    "least": (_numeric(min), 1, 99),
    "log": (_numeric(math.log), 1, 1),
    "sqrt": (_numeric(math.sqrt), 1, 1),
    "now": (lambda: int(time.time()), 0, 0),
    "frommillis": (_numeric(lambda value: Time(int(value))), 1, 1),
    "tomillis": (_numeric(int), 1, 1),
    "ispresent": (lambda value: value is not None, 1, 1),
    "coalesce": (lambda *values: next((one for one in values if one is not None), None), 1, 99),
    "isempty": (lambda value: value is None or text(value) == "", 1, 1),
    "isblank": (_is_blank, 1, 1),
    "concat": (lambda *values: "".join(text(one) for one in values if one is not None), 1, 99),
    "ltrim": (_trim(str.lstrip), 1, 2),
    "rtrim": (_trim(str.rstrip), 1, 2),
    "trim": (_trim(str.strip), 1, 2),
    "strlen": (_textual(len), 1, 1),
    "toupper": (_textual(str.upper), 1, 1),
    "tolower": (_textual(str.lower), 1, 1),
    "substr": (_textual(_substring), 2, 3),
    "replace": (_textual(lambda value, old, new: value.replace(text(old), text(new))), 3, 3),
    "strcontains": (_textual(lambda value, part: int(text(part) in value)), 2, 2),
    "jsonparse": (_textual(_json), 1, 1),
    "jsonstringify": (lambda value: json.dumps(value, separators=(",", ":")), 1, 1),
    "isvalidip": (lambda value: _is_address(value, 4, 6), 1, 1),
    "isvalidipv4": (lambda value: _is_address(value, 4), 1, 1),
    "isvalidipv6": (lambda value: _is_address(value, 6), 1, 1),
    "isipinsubnet": (lambda value, net: _is_in_subnet(value, net, 4, 6), 2, 2),
    "isipv4insubnet": (lambda value, net: _is_in_subnet(value, net, 4), 2, 2),
    "isipv6insubnet": (lambda value, net: _is_in_subnet(value, net, 6), 2, 2),
}
