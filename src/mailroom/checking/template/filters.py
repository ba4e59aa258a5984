"""Subscription filter policies: what SNS rejects, and which messages pass them."""

import ipaddress
import json
import math
from collections.abc import Iterator
from typing import Any

from mailroom_rules.policies import as_list

# https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
_MOST_KEYS = 5
_MOST_COMBINATIONS = 150
_TEXT_OPERATORS = ("prefix", "suffix", "equals-ignore-case")
_SCALARS = (str, int, float, bool, type(None))
_COMPARISONS = {"=", "<", "<=", ">", ">="}


def policy_of(value: Any) -> Any:
    """A subscription's filter policy as an object, also where the template has it as JSON.

    Returns:
        None where there is none, or where it can't be known before it is deployed.
    """
    if isinstance(value, str):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return None if _is_unknown(value) else value


def filter_faults(policy: Any, nested: bool) -> Iterator[str]:
    """What SNS rejects in a filter policy.

    Args:
        policy: As a resolved value.
        nested: Whether its scope is the message's body, which may be nested.
    """
    if not isinstance(policy, dict):
        yield "a filter policy is an object"
        return
    if len(policy) > _MOST_KEYS:
        yield f"it has {len(policy)} keys; {_MOST_KEYS} are allowed"
    yield from _faults(policy, nested)
    combinations = _combinations(policy)
    if combinations > _MOST_COMBINATIONS:
        yield f"it has {combinations} combinations of values; {_MOST_COMBINATIONS} are allowed"


def lets_through(policy: Any, attributes: dict[str, str]) -> bool:
    """Whether a message with these attributes, and no others, passes a filter policy."""
    if not isinstance(policy, dict):
        return policy is None
    for key, rules in policy.items():
        if key == "$or" and isinstance(rules, list):
            passes = any(lets_through(part, attributes) for part in rules)
        else:
            values = rules if isinstance(rules, list) else []
            passes = _is_unknown(rules) or any(_matches(one, attributes.get(key)) for one in values)
        if not passes:
            return False
    return True


def _faults(policy: dict[str, Any], nested: bool) -> Iterator[str]:
    for key, rules in policy.items():
        if _is_unknown(rules):
            continue
        if isinstance(rules, dict):
            if nested:
                yield from _faults(rules, nested)
            else:
                yield f"{key}: a filter on attributes can't be nested"
        elif not isinstance(rules, list):
            yield f"{key}: it must be a list, not {rules!r}"
        elif not rules:
            yield f"{key}: an empty list matches nothing and is rejected"
        elif key == "$or":
            for part in rules:
                yield from _faults(part, nested) if isinstance(part, dict) else ("$or: no object",)
        else:
            for one in rules:
                yield from (f"{key}: {fault}" for fault in _rule_faults(one))


def _rule_faults(one: Any) -> Iterator[str]:
    if isinstance(one, _SCALARS) or _is_unknown(one):
        return
    if not isinstance(one, dict) or len(one) != 1:
        yield f"{one!r} is neither a value nor an object with one operator"
        return
    ((operator, value),) = one.items()
    if operator in _TEXT_OPERATORS:
        if not isinstance(value, str):
            yield f"{operator} takes a string"
    elif operator == "anything-but":
        yield from _anything_but_faults(value)
    elif operator == "exists":
        if not isinstance(value, bool):
            yield "exists takes true or false"
    elif operator == "cidr":
        yield from _cidr_faults(value)
    elif operator == "numeric":
        yield from _numeric_faults(value)
    else:
        yield f"there is no operator {operator!r}"


def _anything_but_faults(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.keys() - {"prefix", "suffix"} or len(value) != 1:
            yield "anything-but takes values, prefix or suffix"
    elif not as_list(value) or not all(isinstance(v, str | int | float) for v in as_list(value)):
        yield "anything-but takes strings or numbers"


def _cidr_faults(value: Any) -> Iterator[str]:
    try:
        ipaddress.ip_network(value)
    except ValueError:
        yield f"{value!r} is not a range of addresses"


def _numeric_faults(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or len(value) not in (2, 4):
        yield "numeric takes a comparison and a number, once or twice"
        return
    for comparison, number in zip(value[::2], value[1::2], strict=True):
        if comparison not in _COMPARISONS:
            yield f"numeric knows no comparison {comparison!r}"
        if not isinstance(number, int | float) or abs(number) > 10**9:
            yield "numeric compares with numbers from -10⁹ to 10⁹"
    if len(value) == 4 and not (value[0] in (">", ">=") and value[2] in ("<", "<=")):
        yield "a range begins with > or >= and ends with < or <="
    elif len(value) == 4 and value[1] >= value[3]:
        yield "a range begins below where it ends"


def _combinations(policy: dict[str, Any], depth: int = 1) -> int:
    return math.prod(
        _combinations(rules, depth + 1)
        if isinstance(rules, dict)
        else sum(_combinations(part, depth) for part in rules if isinstance(part, dict))
        if key == "$or" and isinstance(rules, list)
        else len(rules) * depth
        if isinstance(rules, list)
        else 1
        for key, rules in policy.items()
    )


def _is_unknown(value: Any) -> bool:
    """Whether it is a function of CloudFormation that could not be resolved."""
    return isinstance(value, dict) and any(
        key == "Ref" or str(key).startswith("Fn::") for key in value
    )


def _matches(one: Any, value: str | None) -> bool:
    if _is_unknown(one):
        return True
    if not isinstance(one, dict) or len(one) != 1:
        return isinstance(one, str) and one == value
    ((operator, operand),) = one.items()
    if operator == "exists":
        return (value is not None) is operand
    if value is None:
        return False
    if operator == "anything-but":
        if isinstance(operand, dict):
            return not _matches(operand, value)
        return value not in as_list(operand)
    if not isinstance(operand, str):
        return False
    return {
        "prefix": value.startswith(operand),
        "suffix": value.endswith(operand),
        "equals-ignore-case": value.lower() == operand.lower(),
    }.get(operator, False)
