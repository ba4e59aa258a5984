"""Data in `data_base64`: JSON that a sender has encoded instead of putting it into `data`.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#31-handling-of-data
"""

import json
import re
from base64 import b64decode
from dataclasses import replace
from typing import Any, NoReturn

from messages.json_text import Inexact, parse
from messages.problems import WHOLE_EVENT, InvalidEvent, Problem, Reason

MEMBER = "data_base64"
_CHARSET = re.compile(r""";\s*charset="?([^";\s]*)""", re.IGNORECASE)
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


def with_data(value: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Return an event with `data` in place of `data_base64`: as a parsed value, and as JSON text.

    Raises:
        InvalidEvent: when `data_base64` isn't JSON in base64, or `data` is there too.
    """
    if "data" in value:
        _refuse(value, MEMBER, "data is there too; an event has one of them")
    encoded = value[MEMBER]
    if not isinstance(encoded, str):
        _refuse(value, MEMBER, "Input should be a valid string")
    content_type = value.get("datacontenttype")
    charset = _CHARSET.search(content_type) if isinstance(content_type, str) else None
    if charset and charset[1].lower() not in _CHARSETS:
        _refuse(value, "datacontenttype", f"{MEMBER} is read as UTF-8, not as {charset[1]}")
    try:
        text = b64decode(encoded, validate=True).decode()
    except ValueError:
        _refuse(value, MEMBER, "not JSON in UTF-8 and base64")
    try:
        data = parse(text)
    except InvalidEvent as error:
        problems = [replace(one, field=_within(one.field)) for one in error.problems]
        raise InvalidEvent(problems, value) from None
    rest = {name: one for name, one in value.items() if name != MEMBER}
    members = json.dumps(rest, default=_as_number)
    return {**rest, "data": data}, f'{members[:-1]}, "data": {text}}}'


def _within(field: str) -> str:
    if field == WHOLE_EVENT:
        return MEMBER
    return f"{MEMBER}{'' if field.startswith('[') else '.'}{field}"


def _as_number(number: Inexact) -> float:
    # Only an extension attribute can be one, and is refused for it.
    return float(number.text)


def _refuse(value: dict[str, Any], field: str, reason: str) -> NoReturn:
    raise InvalidEvent([Problem(field, reason, Reason.INVALID_MESSAGE)], value)
