"""Systems Manager: parameters."""

import re

from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Request, Rule

API = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/"
SSM = f"{API}API_PutParameter.html"
MOST_STANDARD, MOST_ADVANCED = 4_096, 8_192
MOST_LEVELS = 15


def _parameter_value(value: str, request: Request) -> Refusal | None:
    """A parameter that is there already keeps its tier when none is given."""
    tier = request.get("Tier")
    if len(value) > MOST_ADVANCED:
        return Refusal(
            "ValidationException",
            f"Advanced tier parameters support a maximum parameter value of {MOST_ADVANCED}"
            " characters.",
        )
    if len(value) > MOST_STANDARD and (
        tier == "Standard" or (not tier and not request.get("Overwrite"))
    ):
        return Refusal(
            "ValidationException",
            f"Standard tier parameters support a maximum parameter value of {MOST_STANDARD}"
            " characters. To create a larger parameter value, upgrade the parameter to use the"
            " advanced-parameter tier. For more information, see"
            " https://docs.aws.amazon.com/systems-manager/latest/userguide/"
            "parameter-store-advanced-parameters.html",
        )
    return None


def _allowed_pattern(pattern: str, request: Request) -> Refusal | None:
    """A pattern that Python can't read is left alone: it is one of Java's."""
    try:
        matches = re.search(pattern, request.get("Value") or "")
    except re.error:
        return None
    if matches:
        return None
    return Refusal(
        "ParameterPatternMismatchException",
        f"Parameter value, cannot be validated against allowedPattern: {pattern}",
    )


def _parameter_name(name: str, _request: Request) -> Refusal | None:
    if name.startswith("arn:"):
        return None
    if re.fullmatch(r"[a-zA-Z0-9_.\-/]+", name) is None:
        return Refusal(
            "ValidationException",
            "Parameter name: can only include the following symbols and letters a-zA-Z0-9_.-/",
        )
    if "/" in name and not name.startswith("/"):
        return Refusal("ValidationException", "Parameter name must be a fully qualified name.")
    if name.count("/") > MOST_LEVELS:
        return Refusal(
            "HierarchyLevelLimitExceededException",
            f"A hierarchy can have a maximum of {MOST_LEVELS} levels.",
        )
    return None


def _path(path: str, _request: Request) -> Refusal | None:
    if path.startswith("/"):
        return None
    return Refusal(
        "ValidationException",
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin"
        ' with a forward slash "/".',
    )


RULES = (
    Rule(
        "ssm",
        ("GetParametersByPath",),
        "Path",
        "a path begins with a slash",
        f"{API}API_GetParametersByPath.html",
        _path,
    ),
    Rule(
        "ssm",
        ("PutParameter",),
        "Value",
        "a standard parameter has 4 KB, an advanced one 8 KB",
        SSM,
        _parameter_value,
    ),
    Rule(
        "ssm",
        ("PutParameter",),
        "AllowedPattern",
        "a value matches the pattern that comes with it",
        SSM,
        _allowed_pattern,
    ),
    Rule(
        "ssm",
        ("PutParameter",),
        "Name",
        "a parameter's name has letters, digits, `_.-` and at most 15 levels, after a slash",
        SSM,
        _parameter_name,
    ),
)
