"""The constraints of one shape, each as a function that says whether a value keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mailroom_rules.limits.exemptions import exemption
from mailroom_rules.limits.patterns import UntranslatablePatternError, translate
from mailroom_rules.limits.violation import Kind

if TYPE_CHECKING:
    from botocore.model import Shape

NUMBERS = {"integer", "long", "float", "double"}
# A part of the patterns of ARNs, which AWS's errors have with the European Sovereign Cloud.
REGION, WITH_SOVEREIGN = "[a-z]{2}((-gov)", "(eusc-)?[a-z]{2}((-gov)"
SIZED = {"string", "blob", "list", "map"}


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape.

    Attributes:
        keeps: whether a value keeps it; a value of another type does, as it isn't its matter.
        sentence: what AWS says that a member has to do.
    """

    kind: Kind
    keeps: Callable[[Any], bool]
    sentence: str


def constraints_of(service: str, shape: Shape) -> list[Constraint]:
    """The constraints of a shape itself, but those that are exempted, in the order of AWS's
    sentences."""
    said = shape.metadata
    found: list[Constraint] = []
    if shape.type_name in NUMBERS | SIZED:
        found += _bounds(said, sized=shape.type_name in SIZED)
    if shape.type_name == "string" and said.get("pattern"):
        found += _pattern(service, shape, said["pattern"])
    if shape.type_name == "string" and said.get("enum"):
        values = said["enum"]
        sentence = f"Member must satisfy enum value set: [{', '.join(values)}]"
        found.append(Constraint(Kind.ENUM, frozenset(values).__contains__, sentence))
    return [one for one in found if not exemption(service, shape.name, one.kind)]


def _bounds(said: Any, *, sized: bool) -> list[Constraint]:
    what = "length" if sized else "value"
    found = []
    if (most := said.get("max")) is not None:
        sentence = f"Member must have {what} less than or equal to {most}"
        found.append(Constraint(Kind.MAX, _at_most(most, sized), sentence))
    # No length is below 0.
    if (least := said.get("min")) is not None and not (sized and least <= 0):
        sentence = f"Member must have {what} greater than or equal to {least}"
        found.append(Constraint(Kind.MIN, _at_least(least, sized), sentence))
    return found


def _at_most(most: float, sized: bool) -> Callable[[Any], bool]:
    if sized:
        return lambda value: not hasattr(value, "__len__") or len(value) <= most
    return lambda value: not isinstance(value, int | float) or value <= most


def _at_least(least: float, sized: bool) -> Callable[[Any], bool]:
    if sized:
        return lambda value: not hasattr(value, "__len__") or len(value) >= least
    return lambda value: not isinstance(value, int | float) or value >= least


def _pattern(service: str, shape: Shape, pattern: str) -> list[Constraint]:
    if exemption(service, shape.name, Kind.PATTERN):
        return []
    pattern = pattern.replace(REGION, WITH_SOVEREIGN)
    try:
        expression = translate(pattern)
    except UntranslatablePatternError:
        # The walk through all constraints (tests/support/constraints) finds it missing.
        return []
    sentence = f"Member must satisfy regular expression pattern: {pattern}"
    return [Constraint(Kind.PATTERN, _matches(expression), sentence)]


def _matches(expression: re.Pattern[str]) -> Callable[[Any], bool]:
    match = expression.fullmatch
    return lambda value: not isinstance(value, str) or match(value) is not None
