"""Expressions: fields, operators, functions."""

import operator
import re
from collections.abc import Callable
from typing import Any

from mailroom_rules.insights.functions import FUNCTIONS
from mailroom_rules.insights.reader import Reader
from mailroom_rules.insights.tokens import Kind, Token
from mailroom_rules.insights.values import COMPARISONS, Row, compare, floor_time, number, text

Expression = Callable[[Row], Any]

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": operator.mod,
    "^": operator.pow,
}
_CONSTANTS = {"true": True, "false": False, "null": None}
_PERIODS = ("bin", "datefloor", "dateceil")


class Parser(Reader):
    """Reads the expressions of a query."""

    def expression(self) -> Expression:
        """Read an expression: `or` binds least."""
        left = self._conjunction()
        while self.take("or"):
            left = _either(left, self._conjunction())
        return left

    def _conjunction(self) -> Expression:
        left = self._negation()
        while self.take("and"):
            left = _both(left, self._negation())
        return left

    def _negation(self) -> Expression:
        if self.take("not"):
            inner = self._negation()
            return lambda row: not inner(row)
        return self._comparison()

    def _comparison(self) -> Expression:
        left = self._sum()
        if sign := self.take(*COMPARISONS):
            right = self._sum()
            return lambda row: compare(left(row), sign.text, right(row))
        negated = self.take("not") is not None
        if self.take("like", "=~"):
            found = _matching(left, self.pattern())
        elif self.take("in"):
            found = self._membership(left)
        elif negated:
            return self.fail()  # type: ignore[no-any-return]
        else:
            return left
        return (lambda row: not found(row)) if negated else found

    def _membership(self, left: Expression) -> Expression:
        self.require("[")
        members = self.listed(self.expression)
        self.require("]")
        return lambda row: any(compare(left(row), "=", one(row)) for one in members)

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self.take("+", "-"):
            left = arithmetic(left, sign.text, self._product())
        return left

    def _product(self) -> Expression:
        left = self._power()
        while sign := self.take("*", "/", "%"):
            left = arithmetic(left, sign.text, self._power())
        return left

    def _power(self) -> Expression:
        left = self._value()
        if self.take("^"):
            return arithmetic(left, "^", self._power())
        return left

    def _value(self) -> Expression:
        if self.take("("):
            inner = self.expression()
            self.require(")")
            return inner
        if self.take("-"):
            return arithmetic(lambda row: 0, "-", self._value())
        token = self.read(Kind.NAME, Kind.NUMBER, Kind.STRING)
        if token.kind is Kind.NUMBER:
            value = float(token.text)
            return lambda row: value
        if token.kind is Kind.STRING:
            return lambda row: token.text
        if self.take("("):
            return self._call(token)
        if token.says(*_CONSTANTS):
            constant = _CONSTANTS[token.text.lower()]
            return lambda row: constant
        return lambda row: row.get(token.text)

    def _call(self, name: Token) -> Expression:
        if name.says(*_PERIODS):
            return self._period(name)
        found = FUNCTIONS.get(name.text.lower())
        if found is None:
            raise self.refuse(f"unknown function {name.text}", name)
        function, least, greatest = found
        arguments: list[Expression] = []
        while not self.token.says(")"):
            if arguments:
                self.require(",")
            arguments.append(self.expression())
        self.require(")")
        if not least <= len(arguments) <= greatest:
            raise self.refuse(f"wrong number of arguments for {name.text}", name)
        return lambda row: function(*(argument(row) for argument in arguments))

    def _period(self, name: Token) -> Expression:
        """Read the arguments of `bin(5m)`, or of `datefloor(@timestamp, 5m)`."""
        moment: Expression = lambda row: row.get("@timestamp")  # noqa: E731
        if not name.says("bin"):
            moment = self.expression()
            self.require(",")
        period = self.read(Kind.PERIOD).text
        self.require(")")
        up = name.says("dateceil")

        def begin(row: Row) -> Any:
            value = number(moment(row))
            if value is None:
                return None
            floor = floor_time(int(value), period)
            return floor_time(int(value) + int(value - floor or 0), period) if up else floor

        return begin


def _either(left: Expression, right: Expression) -> Expression:
    return lambda row: bool(left(row)) or bool(right(row))


def _both(left: Expression, right: Expression) -> Expression:
    return lambda row: bool(left(row)) and bool(right(row))


def _matching(left: Expression, pattern: re.Pattern[str]) -> Expression:
    def matches(row: Row) -> bool:
        value = left(row)
        return value is not None and pattern.search(text(value)) is not None

    return matches


def arithmetic(
    left: Callable[[Any], Any], sign: str, right: Callable[[Any], Any]
) -> Callable[[Any], float | None]:
    """The calculation of two values; nothing if one is no number, or there is no result."""
    operation = _ARITHMETIC[sign]

    def calculate(given: Any) -> float | None:
        a, b = number(left(given)), number(right(given))
        if a is None or b is None:
            return None
        try:
            return operation(a, b)
        except (ArithmeticError, ValueError):
            return None

    return calculate
