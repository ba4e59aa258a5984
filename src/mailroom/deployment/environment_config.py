"""The config of an environment: infra/environments/NAME.toml."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailroom.errors import Refused
from mailroom.wording import known_names

_TABLES = ("parameters", "database_parameters", "tags")
_STRINGS = ("region", "stack", "account", "bucket", "database", "alarms")
_LISTS = ("tests",)
_BOOLEANS = ("termination_protection",)
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class EnvironmentConfig:
    """Where a stack is deployed, and with which parameters.

    Attributes:
        name: The environment's name, which is the file's.
        region: AWS region.
        stack: Name of the CloudFormation stack.
        account: The twelve digits of the account; None for any.
        parameters: Template parameters; `${NAME}` in a value is an environment variable.
        tags: Tags of the stack, and so of its resources.
        bucket: Name of the artifact bucket; None for the default, of account and region.
        database: Name of the stack of infra/database.yml, whose outputs are parameters too.
        database_parameters: Parameters of infra/database.yml; those not named keep their values.
        alarms: Name of the stack of infra/alarms.yml, whose output is a parameter too.
        tests: Integration tests that a release must have passed; empty for all of the flow.
        termination_protection: Whether its stacks are kept from deletion; None for the default.
    """

    name: str
    region: str
    stack: str
    account: str | None = None
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    bucket: str | None = None
    database: str | None = None
    database_parameters: dict[str, str] = field(default_factory=dict)
    alarms: str | None = None
    tests: tuple[str, ...] = ()
    termination_protection: bool | None = None

    @property
    def emulated_account(self) -> str:
        """The account of an emulator, which needs none."""
        return self.account or "000000000000"

    @property
    def protected(self) -> bool:
        """Whether its stacks are kept from deletion: where nothing else is said, those of prod."""
        if self.termination_protection is not None:
            return self.termination_protection
        return self.parameters.get("Stage") == "prod"

    def artifact_bucket(self, account: str) -> str:
        """Name of the artifact bucket in an account."""
        return self.bucket or f"mailroom-artifacts-{account}-{self.region}"


def load_environment_config(folder: Path, name: str) -> EnvironmentConfig:
    """Read infra/environments/NAME.toml.

    Raises:
        Refused: There is no such environment, or its file is malformed; all faults are named.
    """
    path = folder / f"{name}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in folder.glob("*.toml"))
        raise Refused(
            f"there is no environment {name!r}", known_names(name, "known environments", known)
        )
    try:
        document = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{path.name}: {error}") from error
    faults = _faults(document)
    if faults:
        raise Refused(f"{path.name}: " + "; ".join(faults))
    return EnvironmentConfig(
        name=name,
        region=document["region"],
        stack=document["stack"],
        account=document.get("account"),
        parameters=_texts(document, "parameters"),
        database_parameters=_texts(document, "database_parameters"),
        tags=_texts(document, "tags"),
        bucket=document.get("bucket"),
        database=document.get("database"),
        alarms=document.get("alarms"),
        tests=tuple(str(test) for test in document.get("tests", [])),
        termination_protection=document.get("termination_protection"),
    )


def _texts(document: dict[str, Any], table: str) -> dict[str, str]:
    return {key: str(value) for key, value in document.get(table, {}).items()}


def missing_variables(
    config: EnvironmentConfig, variables: Mapping[str, str] = os.environ
) -> list[str]:
    """Names of the environment variables that a config names and that are not set."""
    texts = [config.account or "", config.bucket or "", *config.parameters.values()]
    names = {name for text in texts for name in _VARIABLE.findall(text)}
    return sorted(name for name in names if not variables.get(name))


def expand(
    config: EnvironmentConfig, variables: Mapping[str, str] = os.environ
) -> EnvironmentConfig:
    """The config with environment variables replaced by their values, those that are set."""

    def filled(text: str) -> str:
        return _VARIABLE.sub(lambda match: variables.get(match[1]) or match[0], text)

    return replace(
        config,
        account=filled(config.account) if config.account else None,
        bucket=filled(config.bucket) if config.bucket else None,
        parameters={name: filled(value) for name, value in config.parameters.items()},
    )


def _faults(document: dict[str, Any]) -> list[str]:
    expected: list[tuple[tuple[str, ...], type, str]] = [
        (_STRINGS, str, "a string"),
        (_TABLES, dict, "a table"),
        (_LISTS, list, "a list"),
        (_BOOLEANS, bool, "true or false"),
    ]
    wrong = [
        f"{key} must be {called}"
        for keys, kind, called in expected
        for key in keys
        if not isinstance(document.get(key, kind()), kind)
    ]
    known = {*_STRINGS, *_TABLES, *_LISTS, *_BOOLEANS}
    return [
        *(f"{key} is missing" for key in ("region", "stack") if key not in document),
        *wrong,
        *(f"{key} is not a setting" for key in document if key not in known),
    ]
