"""The context attributes of CloudEvents: which names and values the specification allows.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
"""

import re
from collections.abc import Iterator
from typing import Any

CORE = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "data",
        "data_base64",
    }
)
"""The members of an event that are no extension attributes."""
PLAIN = CORE - {"data_base64"}
"""The members of an event whose data isn't encoded, and that has no extension attributes."""

_NAME = re.compile(r"[a-z0-9]+", re.ASCII)
# Control characters, surrogates and what Unicode calls noncharacters.
_FORBIDDEN = re.compile(
    "[\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
_INTEGERS = range(-(2**31), 2**31)

# https://www.rfc-editor.org/rfc/rfc3986#appendix-A
_CHARACTERS = r"[A-Za-z0-9\-._~!$&'()*+,;=:@{}]|%[0-9A-Fa-f]{{2}}"
_SEGMENT = f"(?:{_CHARACTERS.format('')})*"
_PATH = f"(?:{_CHARACTERS.format('/')})*"
_QUERY = f"(?:{_CHARACTERS.format('/?')})*"
_AUTHORITY = rf"//(?:\[[0-9A-Fa-fv:.]+\](?::\d*)?|{_SEGMENT}(?:@\[[0-9A-Fa-fv:.]+\](?::\d*)?)?)"
_HIERARCHY = rf"(?:{_AUTHORITY}(?=[/?#]|\Z)|(?!//)){_PATH}(?:\?{_QUERY})?"
_SCHEME = r"[A-Za-z][A-Za-z0-9+.\-]*:"
_URI_REFERENCE = re.compile(rf"(?:{_SCHEME}|(?![^/?#]*:)){_HIERARCHY}(?:#{_QUERY})?", re.ASCII)
_ABSOLUTE_URI = re.compile(rf"{_SCHEME}{_HIERARCHY}(?:#{_QUERY})?", re.ASCII)

# https://www.rfc-editor.org/rfc/rfc2045#section-5.1
_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PARAMETER = rf'\s*;\s*{_TOKEN}=(?:{_TOKEN}|"(?:[^"\\]|\\.)*")'
_JSON_TYPE = re.compile(
    rf"{_TOKEN}/(?:json|{_TOKEN}\+json)(?:{_PARAMETER})*\s*", re.ASCII | re.IGNORECASE
)


def text(value: str) -> str:
    """Return an attribute's text.

    Raises:
        ValueError: when it has a character that no attribute may have.
    """
    if not value.isprintable() and (found := _FORBIDDEN.search(value)):
        raise ValueError(f"contains U+{ord(found[0]):04X}, which an attribute can't have")
    return value


def uri_reference(value: str) -> str:
    """Return a text that is a URI reference of RFC 3986.

    Raises:
        ValueError: when it is none.
    """
    if not _URI_REFERENCE.fullmatch(value):
        raise ValueError("not a URI reference, such as /orders or urn:example:orders")
    return value


def absolute_uri(value: str) -> str:
    """Return a text that is a URI with a scheme.

    Raises:
        ValueError: when it is none.
    """
    if not _ABSOLUTE_URI.fullmatch(value):
        raise ValueError("not an absolute URI, such as https://example.com/schema")
    return value


def json_content_type(value: str) -> str:
    """Return a media type that says that the data is JSON.

    Raises:
        ValueError: when it isn't JSON's.
    """
    if not _JSON_TYPE.fullmatch(value):
        raise ValueError("not JSON's, such as application/json or application/example+json")
    return value


def wrong_extensions(value: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of each extension attribute that is wrong, and why."""
    for name in value.keys() - CORE:
        if reason := _wrong_name(name) or _wrong_value(value[name]):
            yield name, reason


def _wrong_name(name: str) -> str | None:
    if _NAME.fullmatch(name):
        return None
    return "an attribute's name is of the letters a to z and digits"


def _wrong_value(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            text(value)
        except ValueError as error:
            return str(error)
        return None
    if isinstance(value, int) and value in _INTEGERS:
        return None
    return "an attribute is a text, a whole number of 32 bits, or true or false"
