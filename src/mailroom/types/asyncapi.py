"""The contract of the topic as an AsyncAPI 3.0 document: what a sender of each type may send.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from mailroom.project import Project
from mailroom.types.described import MessageType

TABLE = "x-table"
"""Extension of a message: its table's name, and the columns beside `source` and `id`."""

_CHANNEL = "messages"
_DEFINITION = "#/$defs/"
_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "A CloudEvent 1.0.2, in JSON. Other members are extension attributes.",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": 512},
        "source": {
            "type": "string",
            "format": "uri-reference",
            "minLength": 1,
            "maxLength": 1024,
            "description": "Together with the id it identifies the event.",
        },
        "time": {"type": ["string", "null"], "format": "date-time"},
        "subject": {"type": ["string", "null"], "minLength": 1},
        "datacontenttype": {"type": ["string", "null"], "pattern": r"^[^;]*[/+][jJ][sS][oO][nN]"},
        "dataschema": {"type": ["string", "null"], "format": "uri"},
        "data_base64": {"type": "string", "description": "The data's JSON, in place of data."},
    },
    "propertyNames": {"pattern": "^([a-z0-9]+|data_base64)$"},
    "oneOf": [{"required": ["data"]}, {"required": ["data_base64"]}],
}
_EXTENSION: dict[str, Any] = {
    "type": ["string", "integer", "boolean", "null"],
    "minimum": -(2**31),
    "maximum": 2**31 - 1,
}


def asyncapi(project: Project, types: Sequence[MessageType]) -> dict[str, Any]:
    """The document of a checkout's types. Mailroom is the application, which receives messages."""
    version = re.search(r"SemanticVersion: *(\S+)", project.template.read_text())
    schemas = [schema for one in types for schema in _schemas(one).items()]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Mailroom",
            "version": version[1] if version else "0.0.0",
            "description": "Messages are published to one SNS topic, and routed by their type.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            _CHANNEL: {
                "address": "MessagesTopic",
                "description": "The stack's output MessagesTopicArn is the topic's ARN.",
                "messages": {one.name: _ref("messages", one.name) for one in types},
            }
        },
        "operations": {
            f"receive{one.resource}": {
                "action": "receive",
                "title": one.title,
                "channel": {"$ref": f"#/channels/{_CHANNEL}"},
                "messages": [{"$ref": f"#/channels/{_CHANNEL}/messages/{one.name}"}],
            }
            for one in types
        },
        "components": {
            "messages": {one.name: _message(one) for one in types},
            "schemas": dict(schemas),
        },
    }


def messages(document: dict[str, Any]) -> Iterable[str]:
    """The names of a document's types."""
    return list(document["components"]["messages"])


def table(document: dict[str, Any], name: str) -> dict[str, Any]:
    """The table of a type in a document: its `name`, and its `columns` by name."""
    found: dict[str, Any] = document["components"]["messages"][name][TABLE]
    return found


def _message(one: MessageType) -> dict[str, Any]:
    properties = {"type": {"const": one.name}, "data": _ref("schemas", one.name)}
    event = {**_EVENT, "properties": {**_EVENT["properties"], **properties}}
    return {
        "name": one.name,
        "title": one.title,
        "contentType": "application/cloudevents+json",
        "headers": {
            "type": "object",
            "description": "Message attributes of SNS.",
            "required": ["type"],
            "properties": {"type": {"const": one.name}, "batch_id": {"type": "string"}},
        },
        "payload": {**event, "additionalProperties": _EXTENSION},
        "examples": [{"payload": sample} for sample in one.samples],
        TABLE: {
            "name": one.table,
            "columns": {
                column.name: {
                    "type": column.sql,
                    "nullable": column.nullable,
                    "values": list(column.values),
                }
                for column in one.columns
            },
        },
    }


def _schemas(one: MessageType) -> dict[str, Any]:
    """The schema of a type's data and those of its parts, by their names in the document."""
    schema = {key: value for key, value in one.schema.items() if key not in ("$schema", "$defs")}
    parts = {f"{one.name}.{name}": part for name, part in one.schema.get("$defs", {}).items()}
    return {
        name: _renamed(part, f"#/components/schemas/{one.name}.")
        for name, part in {one.name: schema, **parts}.items()
    }


def _renamed(value: Any, prefix: str) -> Any:
    """A schema whose references to definitions of its own are references into the document."""
    if isinstance(value, list):
        return [_renamed(one, prefix) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: prefix + one.removeprefix(_DEFINITION)
        if key == "$ref" and isinstance(one, str) and one.startswith(_DEFINITION)
        else _renamed(one, prefix)
        for key, one in value.items()
    }


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
