"""Rules about state machine definitions."""

from mailroom.checking.rules.states import (
    data,
    errors,
    fields,
    flow,
    permissions,
    resources,
    values,
)

__all__ = [
    "data",
    "errors",
    "fields",
    "flow",
    "permissions",
    "resources",
    "values",
]
