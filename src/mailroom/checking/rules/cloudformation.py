"""SAM's transform, and cfn-lint's findings on the expanded template."""

import json
from collections.abc import Iterator
from textwrap import shorten
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import AliasEvent

from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Finding, Location, Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.template.source import Key
from mailroom.checking.template.stack import locate

# Left to rules of this package. E3601 finds few of the mistakes that state machines can have, see
# docs/decisions.md; E3505 points to the event source mapping, not to the queue's timeout.
_LEFT_OUT = ["E3505", "E3601"]
_PAGE = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md#"
# Some list every action that a service has.
_LONGEST_MESSAGE = 240
_FIX = "correct the template; cfn-lint's page of the rule has examples"


@rule(
    whole,
    id="sam-transform",
    severity=Severity.error,
    title="a template that SAM can't expand",
    why="CloudFormation fails to create the change set: the transform failed",
    page="serverless-application-model/latest/developerguide/sam-specification.html",
    fix="correct the resource; the message is SAM's own",
)
def sam_transform(definitions: Definitions) -> Iterator[Problem]:
    for id, reason in definitions.transform_faults:
        place: tuple[Key, ...] = ("Resources", id) if id else ()
        yield Problem(definitions.template.at(place), reason)


@rule(
    whole,
    id="yaml-alias",
    severity=Severity.error,
    title="a YAML alias or merge in the template",
    why="CloudFormation rejects the template: YAML aliases are not allowed in CloudFormation "
    "templates; LocalStack accepts them",
    page="AWSCloudFormation/latest/UserGuide/template-formats.html",
    fix="write it out in each place",
)
def yaml_alias(definitions: Definitions) -> Iterator[Problem]:
    source = definitions.template
    for event in YAML().parse(source.text) if "*" in source.text else ():
        if isinstance(event, AliasEvent):
            at = Location(source.file, event.start_mark.line + 1)
            yield Problem(at, f"*{event.anchor} is a YAML alias")


def lint(definitions: Definitions) -> Iterator[Finding]:
    """cfn-lint's errors and warnings on the transformed template, with its own rule ids."""
    # Importing it takes half a second; no other rule needs it.
    from cfnlint.api import ManualArgs  # type: ignore[import-untyped]
    from cfnlint.api import lint as cfn_lint

    regions = sorted({target.region for target in definitions.targets})
    arguments = ManualArgs(regions=regions, ignore_checks=_LEFT_OUT)
    document = json.dumps(_with_joined_definitions(definitions.transformed), indent=1)
    for match in cfn_lint(document, config=arguments):
        if match.rule.id == "W3037" and _is_of_sam(match.message, definitions):
            continue
        severity = Severity.error if match.rule.id.startswith("E") else Severity.warning
        yield Finding(
            match.rule.id,
            severity,
            _at(definitions, list(getattr(match, "path", None) or [])),
            shorten(match.message, _LONGEST_MESSAGE, placeholder=" …"),
            match.rule.description or match.rule.shortdesc,
            _page(match.rule.id, match.rule.source_url or ""),
            _FIX,
        )


def _with_joined_definitions(template: dict[str, Any]) -> dict[str, Any]:
    """The template with each state machine's definition as one text.

    SAM makes it a Join of its lines, of which cfn-lint looks at each by another level of recursion:
    a state machine of twenty branches exceeds Python's limit.
    """
    resources = dict(template.get("Resources", {}))
    for id, resource in resources.items():
        match resource:
            case {
                "Properties": {
                    "DefinitionString": {"Fn::Join": [str(separator), list(lines)]}
                } as properties
            } if all(isinstance(line, str) for line in lines):
                joined = {**properties, "DefinitionString": separator.join(lines)}
                resources[id] = {**resource, "Properties": joined}
    return {**template, "Resources": resources} if resources else template


def _is_of_sam(unknown_action: str, definitions: Definitions) -> bool:
    """Whether SAM's own policy templates have the action, and the template's file does not."""
    _, action, _ = unknown_action.split("'", 2)
    return action.lower() not in definitions.template.text.lower()


def _page(id: str, source: str) -> str:
    return source if source.startswith("https://docs.aws.amazon.com/") else _PAGE + id


def _at(definitions: Definitions, path: list[Key]) -> Location:
    if len(path) > 2 and path[0] == "Resources" and path[2] == "Properties":
        return locate(definitions.template, str(path[1]), path[3:])
    return definitions.template.at(path)
