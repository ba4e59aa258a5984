"""The functions of `stats`.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from mailroom_rules.insights.expressions import Expression, Parser, arithmetic
from mailroom_rules.insights.tokens import Kind, Token
from mailroom_rules.insights.values import Row, number, order

Aggregate = Callable[[list[Row]], Any]

_NUMERIC: dict[str, Callable[[Sequence[float]], float]] = {
    "avg": statistics.fmean,
    "median": statistics.median,
    "stddev": statistics.pstdev,
    "sum": sum,
}
_PERCENTILES = ("pct", "percentile")
_BY_VALUE = {"min": min, "sortsfirst": min, "max": max, "sortslast": max}
_BY_TIME = {"earliest": 0, "latest": -1}
NAMES = {*_NUMERIC, *_PERCENTILES, *_BY_VALUE, *_BY_TIME, "count", "count_distinct"}


def read_aggregate(parser: Parser) -> Aggregate:
    """Read an aggregate such as `avg(@duration)`, or arithmetic with aggregates.

    Raises:
        MalformedQuery: It is none.
    """
    left = _operand(parser)
    while sign := parser.take("+", "-", "*", "/"):
        left = arithmetic(left, sign.text, _operand(parser))
    return left


def _operand(parser: Parser) -> Aggregate:
    if parser.token.kind is Kind.NUMBER:
        constant = float(parser.next().text)
        return lambda rows: constant
    if parser.take("("):
        inner = read_aggregate(parser)
        parser.require(")")
        return inner
    name = parser.read(Kind.NAME)
    if not name.says(*NAMES):
        raise parser.refuse(f"unknown aggregate function {name.text}", name)
    parser.require("(")
    aggregate = _function(parser, name)
    parser.require(")")
    return aggregate


def _function(parser: Parser, name: Token) -> Aggregate:
    function = name.text.lower()
    if function == "count" and (parser.take("*") or parser.token.says(")")):
        return len
    value = parser.expression()
    if function == "count":
        return lambda rows: len(_present(rows, value))
    if function == "count_distinct":
        return lambda rows: len({order(one) for one in _present(rows, value)})
    if function in _PERCENTILES:
        parser.require(",")
        share = float(parser.read(Kind.NUMBER).text)
        return lambda rows: _percentile(_numbers(rows, value), share)
    if function in _BY_VALUE:
        choose = _BY_VALUE[function]
        return lambda rows: choose(_present(rows, value), key=order, default=None)
    if function in _BY_TIME:
        place = _BY_TIME[function]
        return lambda rows: next(iter(_present(_by_time(rows), value)[place:][:1]), None)
    calculate = _NUMERIC[function]
    return lambda rows: calculate(found) if (found := _numbers(rows, value)) else None


def _present(rows: list[Row], value: Expression) -> list[Any]:
    return [found for row in rows if (found := value(row)) is not None]


def _numbers(rows: list[Row], value: Expression) -> list[float]:
    return [found for one in _present(rows, value) if (found := number(one)) is not None]


def _by_time(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.get("@timestamp") or 0)


def _percentile(values: list[float], share: float) -> float | None:
    """The value at which a share of the values, in percent, is not greater."""
    if not values:
        return None
    place = math.ceil(share / 100 * len(values))
    return sorted(values)[min(max(place, 1), len(values)) - 1]
