"""The rules, a file for each family. Importing this package registers them all."""

from mailroom.checking.rules import (
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
