"""The rules, a file for each family. Importing this package registers them all."""

from mailroom.checking.rules import (
    action_resources,
    cloudformation,
    emulator,
    environments,
    functions,
    messaging,
    names,
    quotas,
    secrets,
    states,
    suppressions,
    wildcards,
)

__all__ = [
    "action_resources",
    "cloudformation",
    "emulator",
    "environments",
    "functions",
    "messaging",
    "names",
    "quotas",
    "secrets",
    "states",
    "suppressions",
    "wildcards",
]
