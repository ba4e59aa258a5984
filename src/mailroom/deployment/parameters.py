"""Template parameters, held against what the template says of them: an emulator takes anything."""

import re
from collections.abc import Mapping
from typing import Any


def parameter_faults(declared: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    """What CloudFormation would refuse, a line each.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

    Args:
        declared: The template's `Parameters`.
        given: Values by name.
    """
    unknown = [f"{name}: there is no such parameter" for name in given if name not in declared]
    refused = [
        f"{name}: {value!r} {fault}"
        for name, value in given.items()
        if name in declared and (fault := _fault(value, declared[name]))
    ]
    return [*unknown, *refused]


def _fault(value: str, rules: Mapping[str, Any]) -> str:
    values = value.split(",") if rules["Type"] == "CommaDelimitedList" else [value]
    allowed = [str(one) for one in rules.get("AllowedValues", values)]
    pattern = rules.get("AllowedPattern")
    if not all(one in allowed for one in values):
        return f"is none of {', '.join(allowed)}"
    if pattern and not all(re.fullmatch(pattern, one) for one in values):
        return f"does not match {pattern}"
    return _number_fault(value, rules) if rules["Type"] == "Number" else ""


def _number_fault(value: str, rules: Mapping[str, Any]) -> str:
    try:
        number = float(value)
    except ValueError:
        return "is no number"
    if number < rules.get("MinValue", number):
        return f"is less than {rules['MinValue']}"
    if number > rules.get("MaxValue", number):
        return f"is more than {rules['MaxValue']}"
    return ""
