"""A state machine's definition as text, composed by CloudFormation's functions."""

import json
import re
from typing import Any

from mailroom.checking.finding import Location
from mailroom.errors import Refused

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
# Where a number or an object is inserted, not a part of a text.
_BARE = re.compile(r'(?<=[:\[,\s])\$\{[^}"]*\}(?=\s*[,}\]])')


def read_definition(value: Any, at: Location) -> tuple[Any, dict[str, Any]] | None:
    """A `DefinitionString` as an object, with `${…}` for what CloudFormation inserts.

    Returns:
        The definition, and what is inserted, by the name between the braces; None if the value
        can't be known before it is deployed.

    Raises:
        Refused: It is not JSON.
    """
    if isinstance(value, dict) and "Fn::ToJsonString" in value:
        return value["Fn::ToJsonString"], {}
    inserted: dict[str, Any] = {}
    text = _text(value, inserted)
    return None if text is None else (_parsed(text, at), inserted)


def _text(value: Any, inserted: dict[str, Any]) -> str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((function, argument),) = value.items()
    if function == "Fn::Sub":
        return _substituted(argument, inserted)
    if function == "Fn::Join" and isinstance(argument[1], list):
        parts = [_text(part, inserted) for part in argument[1]]
        known = [part for part in parts if part is not None]
        return str(argument[0]).join(known) if len(known) == len(parts) else None
    if function in ("Ref", "Fn::GetAtt"):
        name = argument if isinstance(argument, str) else ".".join(map(str, argument))
        inserted[name] = value
        return f"${{{name}}}"
    return None


def _substituted(argument: Any, inserted: dict[str, Any]) -> str:
    text, own = argument if isinstance(argument, list) else (argument, {})
    for escaped, name in _VARIABLE.findall(text):
        if not escaped:
            reference = {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
            inserted[name] = own.get(name, reference)
    return _VARIABLE.sub(r"${\2}", text)


def _parsed(text: str, at: Location) -> Any:
    for candidate in (text, _BARE.sub("1", text)):
        try:
            return json.loads(candidate)
        except json.JSONDecodeError as error:
            fault = error.msg
    raise Refused(f"{at}: the definition is not JSON: {fault}")
