"""Per role: the permissions that it used, never used, and lacked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mailroom_rules.policies import arn_matches, is_action_among

from mailroom.permissions.decisions import Decided
from mailroom.permissions.roles import Role, Statement

_LOG_STREAM = ":log-stream:"


@dataclass(frozen=True)
class Grant:
    """One action of one statement, as the policy has it.

    Attributes:
        action: It may have wildcards.
        decided: The decisions that it allowed.
    """

    statement: Statement
    action: str
    decided: tuple[Decided, ...]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.decided)


@dataclass(frozen=True)
class RoleReport:
    """The permissions of a role: granted, and refused."""

    role: Role
    grants: tuple[Grant, ...]
    refused: tuple[Decided, ...]

    @property
    def used(self) -> list[Grant]:
        return [grant for grant in self.grants if grant.count]

    @property
    def unused(self) -> list[Grant]:
        return [grant for grant in self.grants if not grant.count]


def report_role(role: Role, decisions: Iterable[Decided]) -> RoleReport:
    """Compare a role's statements with the decisions about it."""
    own = [one for one in decisions if one.principal == role.arn]
    grants = tuple(
        Grant(statement, action, tuple(_allowed_by(statement, action, own)))
        for statement in role.statements
        if statement.document["Effect"] == "Allow"
        for action in statement.actions
    )
    return RoleReport(role, grants, tuple(one for one in own if one.refused))


def sufficient_policy(report: RoleReport) -> dict[str, Any]:
    """The least policy with which all that the role did would have been allowed.

    Of each statement it keeps the actions that were used and the resources that they were used
    on; what was refused becomes statements of its own.
    """
    kept = [
        _narrowed(statement, [grant for grant in report.used if grant.statement == statement])
        for statement in report.role.statements
    ]
    missing = [
        {
            "Effect": "Allow",
            "Action": one.action,
            "Resource": _one_or_all(sorted({_general(name) for name in one.resources})),
        }
        for one in report.refused
    ]
    return {
        "Version": "2012-10-17",
        "Statement": [statement for statement in kept if statement] + missing,
    }


def _allowed_by(statement: Statement, action: str, decisions: Sequence[Decided]) -> list[Decided]:
    return [
        one
        for one in decisions
        if one.allowed
        and is_action_among(one.action, [action])
        and any(
            reference.policy == statement.policy
            and (
                reference.sid == statement.sid
                if statement.sid
                else reference.index == statement.index
            )
            for reference in one.statements
        )
    ]


def _narrowed(statement: Statement, grants: Sequence[Grant]) -> dict[str, Any] | None:
    decided = [one for grant in grants for one in grant.decided]
    if not decided:
        return None
    asked = {resource for one in decided for resource in one.resources}
    resources = [
        pattern
        for pattern in statement.resources
        if any(arn_matches(pattern, resource) for resource in asked)
    ]
    return {
        **statement.document,
        "Action": _one_or_all(sorted({one.action for one in decided})),
        **({"Resource": _one_or_all(resources)} if resources else {}),
    }


def _general(resource: str) -> str:
    """A log stream's name changes daily; a policy names all streams of its group."""
    group, separator, _ = resource.partition(_LOG_STREAM)
    return f"{group}:*" if separator else resource


def _one_or_all(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
