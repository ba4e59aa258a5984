"""infra/environments/*.toml against the template's parameters."""

from collections.abc import Iterator
from typing import Any

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.rules.alarms import in_production
from mailroom.checking.template.source import Source
from mailroom.checking.template.stack import is_known
from mailroom.deployment.parameters import parameter_faults

_PAGE = "AWSCloudFormation/latest/UserGuide/parameters-section-structure.html"


@rule(
    whole,
    id="environment-parameter",
    severity=Severity.error,
    title="an environment's parameter that the template does not take",
    why="CloudFormation rejects the change set: the parameter does not exist, or its value is not "
    "allowed",
    page=_PAGE,
    fix="name a parameter of the template, with a value that its constraints allow",
)
def environment_parameter(definitions: Definitions) -> Iterator[Problem]:
    parameters: dict[str, Any] = definitions.template.plain.get("Parameters") or {}
    for target in definitions.targets:
        for name, value in target.parameters.items():
            if not is_known(value) and name in parameters:
                continue
            for fault in parameter_faults(parameters, {name: value}):
                path = definitions.environments / f"{target.name}.toml"
                yield Problem(definitions.line_of(path, rf'"?{name}\b'), fault)


@rule(
    whole,
    id="database-parameter",
    severity=Severity.error,
    title="an environment's setting of the database that its template does not take",
    why="CloudFormation rejects the change set: the parameter does not exist, or its value is not "
    "allowed",
    page=_PAGE,
    fix="name a parameter of infra/database.yml, with a value that its constraints allow",
)
def database_parameter(definitions: Definitions) -> Iterator[Problem]:
    template = definitions.path.with_name("database.yml")
    for target in definitions.targets:
        if target.database_parameters:
            path = definitions.environments / f"{target.name}.toml"
            known = Source.load(template, definitions.root).plain.get("Parameters") or {}
            for name, value in target.database_parameters.items():
                for fault in parameter_faults(known, {name: value}):
                    yield Problem(definitions.line_of(path, rf'"?{name}\b'), fault)


@rule(
    whole,
    id="termination-protection",
    severity=Severity.warning,
    title="a stack in production that one call deletes",
    why="DeleteStack deletes the stack with all that it made, unless termination protection is on; "
    "no template can switch it on",
    page="AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html",
    fix="set termination_protection = true in the environment's file: `mailroom deploy` and "
    "`mailroom promote` switch it on",
)
def termination_protection(definitions: Definitions) -> Iterator[Problem]:
    for target in definitions.targets:
        if in_production(target) and not target.protected:
            path = definitions.environments / f"{target.name}.toml"
            yield Problem(
                definitions.line_of(path, r"stack\b"),
                f"{target.name}: {target.stack} is unprotected",
            )
