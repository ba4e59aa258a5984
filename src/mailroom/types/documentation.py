"""docs/message-types.md, from the types' models: `python -m mailroom.types.documentation`."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from mailroom.project import Project
from mailroom.types.described import MessageType, read_types

_HEAD = """# The message types

What the data of each type has, from the models in `functions/message_types`. This page is generated
(`python -m mailroom.types.documentation > docs/message-types.md`), and a test fails when it is not
current. `mailroom types show TYPE` shows the same, `mailroom types schema TYPE` prints the JSON
Schema. Around the data is a [CloudEvent](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md);
[your-own-messages.md](your-own-messages.md) says how to add a type.
"""


def page(types: Iterable[MessageType]) -> str:
    """The page as Markdown: a section for each type, a row for each field."""
    return "\n".join([_HEAD, *(line for one in types for line in _section(one))])


def _section(one: MessageType) -> Iterator[str]:
    fields = one.schema["properties"]
    yield f"## `{one.name}`\n"
    yield f"{one.title} Rows are in the table `{one.table}`, beside `messages`.\n"
    yield "| field | value | required | what it is | column in Postgres |"
    yield "|---|---|---|---|---|"
    for column in one.columns:
        field = fields.get(column.key, {})
        required = "no" if column.nullable else "yes"
        cells = [f"`{column.key}`", _value(field), required, field.get("description", "")]
        yield f"| {' | '.join(cells)} | `{column.name}`, {column.sql} |"
    yield ""
    if one.samples:
        yield "An event, in the file one line:\n"
        yield "```json"
        yield json.dumps(one.samples[0], indent=2, ensure_ascii=False)
        yield "```\n"


def _value(field: dict[str, Any]) -> str:
    """What the values of a field are, by its JSON Schema."""
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_value(one) for one in field["anyOf"])
    kind = str(field.get("format") or field.get("type", "any value"))
    limits = {
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minimum": "at least {}",
        "maximum": "at most {}",
        "pattern": "as `{}`",
    }
    said = [words.format(field[name]) for name, words in limits.items() if name in field]
    return ", ".join([kind, *said]).replace("at least 1 characters", "not empty")


if __name__ == "__main__":
    print(page(read_types(Project.find())), end="")
