"""A Choice's rules and a Catch's errors in few words.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

import json
import re
from typing import Any

_NEGATED = {"=": "≠", "<": "≥", "≤": ">", ">": "≤", "≥": "<"}
_SIGNS = {
    "Equals": "=",
    "LessThan": "<",
    "LessThanEquals": "≤",
    "GreaterThan": ">",
    "GreaterThanEquals": "≥",
    "Matches": "like",
}
_COMPARISON = re.compile(r"(?:String|Numeric|Timestamp|Boolean)(.+?)(?:Path)?")
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def condition(rule: dict[str, Any]) -> str:
    """When a Choice takes a rule: `status = settled`, or its JSONata expression."""
    if isinstance(rule.get("Condition"), str):
        return str(rule["Condition"]).strip().removeprefix("{%").removesuffix("%}").strip()
    for name, word in (("And", " and "), ("Or", " or ")):
        if isinstance(rule.get(name), list):
            return word.join(_nested(one) for one in rule[name] if isinstance(one, dict))
    if isinstance(rule.get("Not"), dict):
        return _negated(rule["Not"])
    return _compared(rule)


def errors(catcher: dict[str, Any]) -> str:
    """What a catcher catches: the errors' names."""
    names = catcher.get("ErrorEquals")
    names = [str(name) for name in names] if isinstance(names, list) else []
    return "any error" if "States.ALL" in names else ", ".join(names)


def _nested(rule: dict[str, Any]) -> str:
    text = condition(rule)
    return f"({text})" if "And" in rule or "Or" in rule else text


def _negated(rule: dict[str, Any]) -> str:
    parts = condition(rule).split(" ", 2)
    if len(parts) == 3 and parts[1] in _NEGATED and "And" not in rule and "Or" not in rule:
        return f"{parts[0]} {_NEGATED[parts[1]]} {parts[2]}"
    return f"not {_nested(rule)}"


def _compared(rule: dict[str, Any]) -> str:
    variable = _last(str(rule.get("Variable", "")))
    for name, value in rule.items():
        if name.startswith("Is"):
            words = _WORDS.sub(" ", name[2:]).lower()
            return f"{variable} is {words}" if value is True else f"{variable} is not {words}"
        matched = _COMPARISON.fullmatch(name)
        if matched and matched[1] in _SIGNS:
            other = _last(value) if name.endswith("Path") else _plain(value)
            return f"{variable} {_SIGNS[matched[1]]} {other}"
    return variable or "?"


def _last(path: Any) -> str:
    """The last part of a path: `$.process.result.status` is `status`."""
    return str(path).rsplit(".", 1)[-1] if str(path) != "$" else "input"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) and value else json.dumps(value)
