"""Properties of a resource against its schema in CloudFormation's registry.

Only what a schema says of one value is judged: what it says in `oneOf`, `if` and their like
depends on how CloudFormation's handlers read it. CloudFormation converts scalars, so that
`"30"` is a number and `true` a text. Sentences are as public reports show them of AWS:
aws/aws-cdk#28984 and aws-cloudformation/cloudformation-coverage-roadmap#1514.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Fault = tuple[str, str]
"""A pointer such as `/Environment/Variables`, and what is wrong there."""

_TYPES = {
    "array": "JSONArray",
    "boolean": "Boolean",
    "integer": "Integer",
    "number": "Number",
    "object": "JSONObject",
    "string": "String",
}
_BRANCHES = ("allOf", "anyOf", "oneOf", "if", "then", "else")


def faults(schema: Schema, properties: Mapping[str, Any]) -> list[str]:
    """What is wrong with a resource's properties; nothing if CloudFormation takes them.

    Args:
        schema: The schema of the resource's type.
        properties: With every function and reference resolved.
    """
    read_only = {
        pointer.removeprefix("/properties/") for pointer in schema.get("readOnlyProperties", ())
    }
    found = [
        f"#: encountered read-only property [{name}]" for name in properties if name in read_only
    ]
    return found + [f"#{at}: {what}" for at, what in _check(properties, schema, "", schema)]


def _check(value: Any, schema: Any, at: str, root: Schema) -> Iterator[Fault]:
    if not isinstance(schema, Mapping) or _is_unknown(value):
        return
    while "$ref" in schema:
        rest = {name: one for name, one in schema.items() if name != "$ref"}
        schema = {**_resolve(schema["$ref"], root), **rest}
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, type) for type in types):
        yield at, f"expected type: {_TYPES.get(types[0], types[0])}, found: {_found(value)}"
        return
    if isinstance(value, Mapping):
        yield from _object(value, schema, at, root)
    elif isinstance(value, list):
        yield from _array(value, schema, at, root)
    else:
        yield from ((at, what) for what in _scalar(value, schema, types))


def _object(value: Mapping[str, Any], schema: Schema, at: str, root: Schema) -> Iterator[Fault]:
    known: Mapping[str, Any] = schema.get("properties", {})
    patterns: Mapping[str, Any] = schema.get("patternProperties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield at, f"required key [{name}] not found"
    closed = schema.get("additionalProperties") is False
    for name, one in value.items():
        here = f"{at}/{name}"
        matching = [inner for pattern, inner in patterns.items() if _matches(pattern, str(name))]
        if name in known:
            yield from _check(one, known[name], here, root)
        elif matching:
            yield from _check(one, matching[0], here, root)
        elif closed and name not in _in_branches(schema):
            yield at, f"extraneous key [{name}] is not permitted"
        elif not closed:
            yield from _check(one, schema.get("additionalProperties"), here, root)


def _array(value: list[Any], schema: Schema, at: str, root: Schema) -> Iterator[Fault]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if len(value) < least:
        yield at, f"expected minimum item count: {least}, found: {len(value)}"
    if len(value) > most:
        yield at, f"expected maximum item count: {most}, found: {len(value)}"
    for index, one in enumerate(value):
        yield from _check(one, schema.get("items"), f"{at}/{index}", root)


def _scalar(value: Any, schema: Schema, types: list[str]) -> Iterator[str]:
    text = _text(value)
    allowed = schema.get("enum")
    if allowed is not None and text not in [_text(one) for one in allowed]:
        yield f"{text} is not a valid enum value"
    if {"integer", "number"} & {*types}:
        number = _number(value)
        if number is None:
            return
        if number < schema.get("minimum", number):
            yield f"{text} is not greater or equal to {schema['minimum']}"
        if number > schema.get("maximum", number):
            yield f"{text} is not less or equal to {schema['maximum']}"
    elif "string" in types:
        length = len(text)
        if length < schema.get("minLength", 0):
            yield f"expected minLength: {schema['minLength']}, actual: {length}"
        if length > schema.get("maxLength", length):
            yield f"expected maxLength: {schema['maxLength']}, actual: {length}"
        if not _matches(schema.get("pattern", ""), text):
            yield "failed validation constraint for keyword [pattern]"


def _is_unknown(value: Any) -> bool:
    """Whether it is known only later, or by another service."""
    if isinstance(value, str):
        return "{{resolve:" in value
    return not isinstance(value, bool | int | float | list | Mapping)


_CONVERTS: dict[str, Callable[[Any], bool]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: str(value).lower() in ("true", "false"),
    "integer": lambda value: (number := _number(value)) is not None and number == int(number),
    "number": lambda value: _number(value) is not None,
    "object": lambda value: isinstance(value, Mapping),
    "string": lambda value: not isinstance(value, list | Mapping),
}


def _is(value: Any, type: str) -> bool:
    """Whether CloudFormation takes a value as of a type; any is of a type that isn't known."""
    converts = _CONVERTS.get(type)
    return converts is None or converts(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool | list | Mapping):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _found(value: Any) -> str:
    for type in ("boolean", "integer", "number", "array", "object"):
        if not isinstance(value, str) and _is(value, type):
            return _TYPES[type]
    return "String"


def _matches(pattern: str, text: str) -> bool:
    """Whether a text matches; true for a pattern that Python has no expression for."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def _resolve(pointer: str, root: Schema) -> Schema:
    found: Any = root
    for key in pointer.removeprefix("#/").split("/"):
        found = found.get(key, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _in_branches(schema: Any) -> set[str]:
    """The properties that a schema knows only under conditions."""
    names: set[str] = set()
    for branch in _BRANCHES:
        inner = schema.get(branch, [])
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, Mapping):
                names |= {*one.get("properties", {}), *_in_branches(one)}
    return names
