"""Statements of policies with an action that none of their resources can grant."""

import re
from collections.abc import Iterator
from typing import Any

from mailroom_rules.policies import as_list

from mailroom.checking.arns import can_grant
from mailroom.checking.definitions import Definitions
from mailroom.checking.finding import Location, Problem, Severity
from mailroom.checking.rule import rule, whole
from mailroom.checking.template.policies import (
    POLICIES,
    ROLE,
    own_statements,
    statements,
    text_of,
)
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.source import Source
from mailroom.checking.template.stack import Resource, Stack

# Where CloudFormation's name of a service isn't its name in ARNs.
_SERVICES = {"stepfunctions": "states"}
# `${Bucket.Arn}/*`: the ARN of a resource of the template, and what comes after it.
_BEGINNING = re.compile(r"^\$\{[^}]*\}")


@rule(
    whole,
    id="action-resource",
    severity=Severity.error,
    title="an action of a policy on resources that can't grant it",
    why="the statement grants nothing: the call fails with AccessDenied; an action without a "
    "resource type is granted by * alone",
    page="service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
    fix="name a resource of a type that the action supports, or * (with a condition where the "
    "action has a key for it) if it supports none",
)
def action_resource(definitions: Definitions) -> Iterator[Problem]:
    for stack in definitions.stacks:
        for owner in stack.resources.values():
            own = own_statements(owner) if owner.type == ROLE else ()
            attached = statements(owner, "PolicyDocument") if owner.type in POLICIES else ()
            for one in (*own, *attached):
                yield from _problems(one.at, owner.id, one.body, stack)
    for source in _policy_files(definitions):
        for index, body in enumerate(as_list(source.plain["Statement"])):
            at = source.at(("Statement", index))
            yield from _problems(at, str(body.get("Sid") or source.file), body, None)


def _policy_files(definitions: Definitions) -> Iterator[Source]:
    """The policies that lie beside the template."""
    for path in sorted(definitions.path.parent.glob("*.json")):
        source = Source.load(path, definitions.root)
        if isinstance(source.plain, dict) and "Statement" in source.plain:
            yield source


def _problems(
    at: Location, name: str, body: dict[str, Any], stack: Stack | None
) -> Iterator[Problem]:
    resources = as_list(body.get("Resource"))
    arns = [_arn(one, stack) for one in resources]
    if body.get("Effect") != "Allow" or not arns or None in arns:
        return
    for action in as_list(body.get("Action")):
        if isinstance(action, str) and not any(can_grant(action, arn) for arn in arns if arn):
            yield Problem(at, f"{name} allows {action} on {', '.join(map(text_of, resources))}")


def _arn(resource: Any, stack: Stack | None) -> str | None:
    """A resource's ARN with `*` for what isn't known; None if nothing is known."""
    if isinstance(resource, str):
        # A parameter's default under the condition that it has one is nothing that is deployed.
        return resource or None
    owner = stack.resources.get(reference(resource) or "") if stack else None
    sub = resource.get("Fn::Sub") if isinstance(resource, dict) else None
    if isinstance(sub, str):
        return _BEGINNING.sub(_arn_of(owner), sub) if owner else sub
    return _arn_of(owner) if owner else None


def _arn_of(owner: Resource) -> str:
    service = owner.type.split("::")[1].lower()
    if owner.type == "AWS::S3::Bucket":
        return "arn:*:s3:::bucket"
    return f"arn:*:{_SERVICES.get(service, service)}:*:*:*"
