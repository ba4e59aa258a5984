"""An environment to deploy to: infra/environments/NAME.toml."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailroom.errors import Refused

_TABLES = ("parameters", "tags")
_STRINGS = ("region", "stack", "account", "bucket", "database")
_LISTS = ("tests",)


@dataclass(frozen=True)
class Target:
    """Where a stack goes, and with which parameters.

    Attributes:
        name: The environment's name, which is the file's.
        region: AWS region.
        stack: Name of the CloudFormation stack.
        account: The twelve digits of the only account that may be deployed to, or None for any.
        parameters: Template parameters; `${NAME}` in a value stands for an environment variable.
        tags: Tags of the stack, and so of its resources.
        bucket: Name of the artifact bucket; made of account and region when None.
        database: Name of the stack of infra/database.yml whose outputs are parameters too, if any.
        tests: Which integration tests a release must have passed; none means all of the flow's.
    """

    name: str
    region: str
    stack: str
    account: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    bucket: str | None = None
    database: str | None = None
    tests: tuple[str, ...] = ()

    @property
    def protected(self) -> bool:
        """Whether its stacks may not be deleted as they are: prod's."""
        return self.parameters.get("Stage") == "prod"


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
        bucket=document.get("bucket"),
        database=document.get("database"),
        tests=tuple(str(test) for test in document.get("tests", [])),
    )


def _faults(document: dict[str, Any]) -> list[str]:
    expected = [(_STRINGS, str, "a string"), (_TABLES, dict, "a table"), (_LISTS, list, "a list")]
    wrong = [
        f"{key} must be {called}"
        for keys, kind, called in expected
        for key in keys
        if not isinstance(document.get(key, kind()), kind)
    ]
    known = {*_STRINGS, *_TABLES, *_LISTS}
    return [
        *(f"{key} is missing" for key in ("region", "stack") if key not in document),
        *wrong,
        *(f"{key} is not a setting" for key in document if key not in known),
    ]
