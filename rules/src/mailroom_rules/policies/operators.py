"""Condition operators: one value of the request against the values of the policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import base64
import binascii
import operator
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeVar

from mailroom_rules.policies.arn_pattern import ArnPattern, is_complete
from mailroom_rules.policies.context import Context
from mailroom_rules.policies.template import Template, wildcard_matcher

T = TypeVar("T")
Predicate = Callable[[str, Context], bool]
Factory = Callable[[str, bool], Predicate]


def string_equals(operand: str, variables: bool, *, ignore_case: bool = False) -> Predicate:
    """StringEquals and StringEqualsIgnoreCase."""
    template = Template.parse(operand, variables=variables)
    fold = str.lower if ignore_case else str
    if template.static:
        plain = fold(template.text({}))
        return lambda value, _: fold(value) == plain
    return lambda value, context: fold(value) == fold(template.text(context))


def string_like(operand: str, variables: bool) -> Predicate:
    """StringLike: `*` and `?` are wildcards."""
    template = Template.parse(operand, variables=variables)
    if template.static:
        matches = wildcard_matcher(template.resolve({}))
        return lambda value, _: matches(value)
    return lambda value, context: wildcard_matcher(template.resolve(context))(value)


def arn_like(operand: str, variables: bool) -> Predicate:
    """ArnEquals and ArnLike, which are the same: each of the six components is compared."""
    if not is_complete(operand):
        return lambda _value, _context: False
    return ArnPattern(operand, variables=variables).matches


def boolean(operand: str, _variables: bool) -> Predicate:
    """Bool."""
    plain = operand.lower()
    return lambda value, _: plain in ("true", "false") and value.lower() == plain


def binary(operand: str, _variables: bool) -> Predicate:
    """BinaryEquals: both in base64, compared byte for byte."""
    plain = _bytes(operand)
    return lambda value, _: plain is not None and _bytes(value) == plain


def ip_in(operand: str, _variables: bool) -> Predicate:
    """IpAddress: an address, or a range in CIDR notation, of IPv4 or IPv6."""
    network = _network(operand)

    def within(value: str, _: Context) -> bool:
        address = _address(value)
        return network is not None and address is not None and address in network

    return within


def ordered(
    read: Callable[[str], T | None], compare: Callable[[T, T], bool], operand: str, _variables: bool
) -> Predicate:
    """The Numeric and Date operators: read both sides, then compare them."""
    limit = read(operand)

    def holds(value: str, _: Context) -> bool:
        given = read(value)
        return limit is not None and given is not None and compare(given, limit)

    return holds


def number(text: str) -> float | None:
    """Read a number, or None."""
    try:
        return float(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def moment(text: str) -> float | None:
    """Read a date (ISO 8601 as W3C profiles it, or seconds since 1970) as seconds, or None."""
    if (seconds := number(text)) is not None:
        return seconds
    for candidate in (text, f"{text}-01"):
        try:
            date = datetime.fromisoformat(candidate)
        except ValueError:
            continue
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    return None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


@lru_cache(maxsize=1024)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


ORDERS: dict[str, Callable[[float, float], bool]] = {
    "equals": operator.eq,
    "lessthan": operator.lt,
    "lessthanequals": operator.le,
    "greaterthan": operator.gt,
    "greaterthanequals": operator.ge,
}

POSITIVE: dict[str, Factory] = {
    "stringequals": string_equals,
    "stringequalsignorecase": partial(string_equals, ignore_case=True),
    "stringlike": string_like,
    "arnequals": arn_like,
    "arnlike": arn_like,
    "bool": boolean,
    "binaryequals": binary,
    "ipaddress": ip_in,
    **{f"numeric{name}": partial(ordered, number, compare) for name, compare in ORDERS.items()},
    **{f"date{name}": partial(ordered, moment, compare) for name, compare in ORDERS.items()},
}

NEGATED: dict[str, Factory] = {
    "stringnotequals": POSITIVE["stringequals"],
    "stringnotequalsignorecase": POSITIVE["stringequalsignorecase"],
    "stringnotlike": POSITIVE["stringlike"],
    "arnnotequals": arn_like,
    "arnnotlike": arn_like,
    "notipaddress": ip_in,
    "numericnotequals": POSITIVE["numericequals"],
    "datenotequals": POSITIVE["dateequals"],
}
