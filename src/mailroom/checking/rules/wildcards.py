"""Roles that allow too much."""

from collections.abc import Iterator
from typing import Any

from mailroom_rules.arn import parse_arn
from mailroom_rules.policies import is_action_among
from mailroom_rules.reference import resource_types

from mailroom.checking.finding import Problem, Severity
from mailroom.checking.rule import rule, stacks
from mailroom.checking.template.policies import ROLE, own_statements, text_of
from mailroom.checking.template.stack import Stack

_LEAST = "IAM/latest/UserGuide/best-practices.html"
# Actions that know no resources, besides those that our part of the reference has: their
# statements must say "*".
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_WITHOUT_RESOURCE = (
    *("ec2:*NetworkInterface*", "ec2:AssignPrivateIpAddresses", "ec2:Describe*"),
    "ec2:UnassignPrivateIpAddresses",
    *("logs:*LogDelivery", "logs:*ResourcePolicies", "xray:Get*", "xray:Put*"),
)


@rule(
    stacks,
    id="wildcard-action",
    severity=Severity.error,
    title="a role that allows every action, or every action of a service",
    why="AWS accepts it; an attacker who takes over the function can do all that the role allows",
    page=_LEAST,
    fix="name the actions; `mailroom iam report` lists those that are used",
)
def wildcard_action(stack: Stack) -> Iterator[Problem]:
    for role in stack.of_type(ROLE):
        for one in own_statements(role):
            wide = [a for a in one.listed("Action") if str(a) == "*" or str(a).endswith(":*")]
            if one.body.get("Effect") == "Allow" and (wide or "NotAction" in one.body):
                yield Problem(
                    one.at, f"{role.id} allows {', '.join(map(str, wide)) or 'NotAction'}"
                )


@rule(
    stacks,
    id="wildcard-resource",
    severity=Severity.error,
    title="a role that allows actions on every resource",
    why="AWS accepts it; the role can use queues and secrets of other applications in the account",
    page=_LEAST,
    fix="name the resource (!GetAtt …Arn)",
)
def wildcard_resource(stack: Stack) -> Iterator[Problem]:
    for role in stack.of_type(ROLE):
        for one in own_statements(role):
            wide = [r for r in one.listed("Resource") if _is_wide(r)]
            actions = [str(action) for action in one.listed("Action")]
            bound = [a for a in actions if not _needs_no_resource(a)]
            if one.body.get("Effect") == "Allow" and wide and bound:
                yield Problem(one.at, f"{role.id} may {', '.join(bound)} on {wide[0]}")


def _is_wide(resource: Any) -> bool:
    text = text_of(resource)
    arn = parse_arn(text)
    return text == "*" or (arn is not None and (arn.prefix == "*" or arn.resource[:1] == "*"))


def _needs_no_resource(action: str) -> bool:
    if resource_types(action) == frozenset():
        return True
    return is_action_among(action, _WITHOUT_RESOURCE)
