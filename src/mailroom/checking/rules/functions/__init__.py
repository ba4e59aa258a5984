"""Rules about functions: handlers, packages, connections and permissions."""

from mailroom.checking.rules.functions import (
    connections,
    handlers,
    packages,
    permissions,
)

__all__ = [
    "connections",
    "handlers",
    "packages",
    "permissions",
]
