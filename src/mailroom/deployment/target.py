"""An environment to deploy to: infra/environments/NAME.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailroom.errors import Refused


@dataclass(frozen=True)
class Target:
    """Where a stack goes, and with which parameters.

    Attributes:
        name: The environment's name, which is the file's.
        region: AWS region.
        stack: Name of the CloudFormation stack.
        account: The twelve digits of the only account that may be deployed to, or None for any.
        parameters: Template parameters.
        tags: Tags of the stack, and so of its resources.
    """

    name: str
    region: str
    stack: str
    account: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def load_target(folder: Path, name: str) -> Target:
    """Read infra/environments/NAME.toml.

    Raises:
        Refused: There is no such environment, or its file is malformed; every fault is named.
    """
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.toml")))
        raise Refused(f"there is no environment {name!r}", f"known environments: {known}")
    try:
        document = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path.name}: {error}") from error
    faults = _faults(document)
    if faults:
        raise Refused(f"{path.name}: " + "; ".join(faults))
    return Target(
        name=name,
        region=document["region"],
        stack=document["stack"],
        account=document.get("account"),
        parameters={k: str(v) for k, v in document.get("parameters", {}).items()},
        tags={k: str(v) for k, v in document.get("tags", {}).items()},
    )


def _faults(document: dict[str, Any]) -> list[str]:
    tables = ("parameters", "tags")
    strings = ("region", "stack", "account")
    known = {*tables, *strings}
    return [
        *(f"{key} is missing" for key in ("region", "stack") if key not in document),
        *(
            f"{key} must be a string"
            for key in strings
            if not isinstance(document.get(key, ""), str)
        ),
        *(
            f"{key} must be a table"
            for key in tables
            if not isinstance(document.get(key, {}), dict)
        ),
        *(f"{key} is not a setting" for key in document if key not in known),
    ]
