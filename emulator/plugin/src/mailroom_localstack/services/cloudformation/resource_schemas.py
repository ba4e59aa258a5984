"""The schemas of resource types in CloudFormation's registry, as cfn-lint ships them.

They are read from its files: importing cfn-lint takes seconds, and a template has few types.
"""

from __future__ import annotations

import json
import os
import runpy
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from mailroom_rules.resource_properties import faults

# For the benchmark that measures what validation costs.
OFF = os.environ.get("MAILROOM_VALIDATION") == "off"
CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")


def invalid_properties(name: str, type: str, region: str, properties: dict[str, Any]) -> str:
    """Why CloudFormation fails a resource; empty if its properties are valid.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html

    Args:
        name: The resource's logical id.
        type: Its type; one without a schema isn't judged.
        region: Where it is created.
        properties: With every function and reference resolved.
    """
    schema = None if OFF or type.startswith(CUSTOM) else _schema(type, region)
    found = faults(schema, properties) if schema else []
    if not found:
        return ""
    return f"Properties validation failed for resource {name} with message:\n" + "\n".join(found)


@cache
def _schema(type: str, region: str) -> dict[str, Any] | None:
    folder = _folder()
    number = _types(region).get(type) if folder else None
    if folder is None or number is None:
        return None
    found: dict[str, Any] = json.loads((folder / "resources" / f"{number}.json").read_bytes())
    return found


@cache
def _types(region: str) -> dict[str, str]:
    """The names of the files of a region's schemas, by type."""
    folder = _folder()
    if folder is None:
        return {}
    types: dict[str, str] = {}
    if (file := folder / "providers" / f"{region}.json").is_file():
        types = json.loads(file.read_bytes())
    elif (module := folder / "providers" / f"{region.replace('-', '_')}.py").is_file():
        # Older releases, such as that of LocalStack's image.
        types = runpy.run_path(str(module))["types"]
    return types


@cache
def _folder() -> Path | None:
    try:
        found = distribution("cfn-lint").locate_file("cfnlint/data/schemas")
    except PackageNotFoundError:
        return None
    return Path(str(found))
