"""Secrets in places where many can read them."""

import re
from collections.abc import Iterator
from typing import Any

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.messaging.queues import FUNCTION
from mailroom.checking.template.source import Place

_PAGE = "AWSCloudFormation/latest/UserGuide/security-best-practices.html"
_SECRET_NAME = re.compile(
    r"password|passwd|secret(?!.*(arn|name|id)$)|token|api_?key|private_?key|credential", re.I
)
_SECRET_VALUE = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bghp_\w{36}\b"
    r"|\b\w+://[^/\s:@{}$]+:[^/\s:@{}$]+@"
)


def _texts(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*place, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*place, index))
    elif isinstance(value, str):
        yield place, value


@rule(
    whole,
    id="secret-literal",
    severity=Severity.error,
    title="a secret in the template, in an environment variable or in an environment's file",
    why="everyone who may read the stack, the function's configuration or the repository sees it",
    page=_PAGE,
    fix="keep it in Secrets Manager (GenerateSecretString), and pass its ARN",
)
def secret_literal(definitions: Definitions) -> Iterator[Problem]:
    for place, text in _texts(definitions.template.plain):
        if _SECRET_VALUE.search(text):
            yield Problem(definitions.template.at(place), "this looks like a secret")
    for stack in definitions.stacks:
        for function in stack.of_type(FUNCTION):
            for name, value in (function.get("Environment", "Variables") or {}).items():
                if _SECRET_NAME.search(name) and isinstance(value, str) and value:
                    at = function.at("Environment", "Variables", name)
                    yield Problem(at, f"{name} of {function.id} has its value in the template")
        for secret in stack.of_type("AWS::SecretsManager::Secret"):
            if isinstance(secret.get("SecretString"), str):
                at = secret.at("SecretString")
                yield Problem(at, f"the template holds the value of {secret.id}")
    yield from _environment_files(definitions)


def _environment_files(definitions: Definitions) -> Iterator[Problem]:
    for path in sorted(definitions.environments.glob("*.toml")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            name, _, value = line.partition("=")
            given = value.strip(" \"'")
            secret = _SECRET_NAME.search(name.strip()) and not given.startswith(("arn:", "${"))
            if not line.startswith("#") and value and (secret or _SECRET_VALUE.search(value)):
                yield Problem(definitions.location(path, number), "this looks like a secret")


@rule(
    whole,
    id="secret-parameter",
    severity=Severity.error,
    title="a parameter that takes a secret and doesn't hide it",
    why="without NoEcho, DescribeStacks and the console show the value; a Default is in the "
    "template",
    page="AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    fix="take the ARN of a secret instead; if it must be the value: NoEcho: true and no Default",
)
def secret_parameter(definitions: Definitions) -> Iterator[Problem]:
    for name, parameter in (definitions.transformed.get("Parameters") or {}).items():
        if not _SECRET_NAME.search(name):
            continue
        at = definitions.template.at(("Parameters", name))
        if str(parameter.get("NoEcho", False)).lower() != "true":
            yield Problem(at, f"parameter {name} has no NoEcho")
        if parameter.get("Default"):
            yield Problem(at, f"parameter {name} has a default")
