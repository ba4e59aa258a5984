"""Template parameters: read from text, and checked as CloudFormation does; LocalStack does not."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mailroom.errors import Refused
from mailroom.wording import did_you_mean


def parse_parameters(words: Iterable[str], where: str = "") -> dict[str, str]:
    """Parameters out of words `NAME=VALUE`.

    Args:
        words: The words.
        where: Where they were given, for the error, as in ` in VARIABLE`.

    Raises:
        Refused: A word has another form.
    """
    pairs = [word.partition("=") for word in words]
    malformed = [name for name, equals, _ in pairs if not equals]
    if malformed:
        raise Refused(f"not NAME=VALUE{where}: {', '.join(malformed)}")
    return {name: value for name, _, value in pairs}


def format_parameters(parameters: Mapping[str, str]) -> str:
    """Parameters as one text `NAME=VALUE NAME=VALUE`.

    Raises:
        Refused: A value contains white space, which would end it.
    """
    broken = [name for name, value in parameters.items() if value != "".join(value.split())]
    if broken:
        raise Refused(f"white space in a parameter's value: {', '.join(broken)}")
    return " ".join(f"{name}={value}" for name, value in parameters.items())


def parameter_faults(declared: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    """The faults for which CloudFormation would reject parameters, a line each.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html

    Args:
        declared: The template's `Parameters`.
        given: Values by name.
    """
    unknown = [_unknown(name, declared) for name in given if name not in declared]
    refused = [
        f"{name}: {value!r} {fault}"
        for name, value in given.items()
        if name in declared and (fault := _fault(value, declared[name]))
    ]
    return [*unknown, *refused]


def _unknown(name: str, declared: Mapping[str, Any]) -> str:
    close = did_you_mean(name, declared)
    return f"{name}: there is no such parameter{'; ' if close else ''}{close}"


def _fault(value: str, rules: Mapping[str, Any]) -> str:
    values = value.split(",") if rules["Type"] == "CommaDelimitedList" else [value]
    allowed = [str(one) for one in rules.get("AllowedValues", values)]
    pattern = rules.get("AllowedPattern")
    if not all(one in allowed for one in values):
        close = did_you_mean(value, allowed)
        return f"is none of {', '.join(allowed)}{'; ' if close else ''}{close}"
    if pattern and not all(re.fullmatch(pattern, one) for one in values):
        return f"does not match {pattern}"
    return _number_fault(value, rules) if rules["Type"] == "Number" else ""


def _number_fault(value: str, rules: Mapping[str, Any]) -> str:
    try:
        number = float(value)
    except ValueError:
        return "is not a number"
    if number < rules.get("MinValue", number):
        return f"is less than {rules['MinValue']}"
    if number > rules.get("MaxValue", number):
        return f"is more than {rules['MaxValue']}"
    return ""
