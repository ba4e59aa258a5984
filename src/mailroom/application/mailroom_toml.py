"""What `mailroom.toml` says about an application; it may say nothing."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailroom.deployment.environment_config import EnvironmentConfig, load_environment_config
from mailroom.errors import Refused
from mailroom.project import SETTINGS, Project

_KINDS: dict[str, tuple[type, str]] = {
    "template": (str, "a string"),
    "stack": (str, "a string"),
    "region": (str, "a string"),
    "database": (bool, "true or false"),
    "parameters": (dict, "a table"),
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
_STACK = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


@dataclass(frozen=True)
class Settings:
    """The settings of an application.

    Attributes:
        stack: Name of its CloudFormation stack; its folder's name if not said.
        region: AWS region.
        database: Whether it has a Postgres.
        parameters: Template parameters.
    """

    stack: str
    region: str = "us-east-1"
    database: bool = False
    parameters: dict[str, str] = field(default_factory=dict)


def load_settings(project: Project) -> Settings:
    """Read an application's `mailroom.toml`, if there is one.

    Raises:
        Refused: It is malformed; all faults are named.
    """
    path = project.root / SETTINGS
    try:
        document = tomllib.loads(path.read_text()) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path.name}: {error}") from error
    faults = _faults(document)
    if faults:
        raise Refused(f"{path.name}: {'; '.join(faults)}", f"settings: {', '.join(_KINDS)}")
    return Settings(
        document.get("stack") or _stack_of(project.root),
        document.get("region", "us-east-1"),
        document.get("database", False),
        {name: _text(value) for name, value in document.get("parameters", {}).items()},
    )


def local_config(project: Project) -> EnvironmentConfig:
    """The config with which an application is deployed on this machine.

    Raises:
        Refused: Its file is malformed.
    """
    if project.is_workflow:
        return load_environment_config(project.environments, "local")
    settings = load_settings(project)
    return EnvironmentConfig(
        "local", settings.region, settings.stack, parameters=settings.parameters
    )


def has_database(project: Project) -> bool:
    """Whether an application has a Postgres."""
    return project.is_workflow or load_settings(project).database


def _stack_of(root: Path) -> str:
    """A stack's name that follows from a folder's."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", root.name).strip("-")
    return (name if name[:1].isalpha() else f"app-{name}")[:128].rstrip("-")


def _text(value: object) -> str:
    # CloudFormation's parameters are text; its booleans are lower case.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _faults(document: dict[str, Any]) -> list[str]:
    unknown = [f"{name} is not a setting" for name in document if name not in _KINDS]
    wrong = [
        f"{name} must be {called}"
        for name, (kind, called) in _KINDS.items()
        if name in document and not isinstance(document[name], kind)
    ]
    stack = document.get("stack")
    if isinstance(stack, str) and not _STACK.fullmatch(stack):
        wrong.append(f"stack {stack!r} must be letters, digits and hyphens")
    return [*unknown, *wrong]
