"""Policy documents of the template: their statements, and what they allow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mailroom_rules.policies import as_list, is_action_among, principals_of, statements_of

from mailroom.checking.finding import Location
from mailroom.checking.template.resolve import reference
from mailroom.checking.template.source import Key
from mailroom.checking.template.stack import Resource, Stack

ROLE = "AWS::IAM::Role"
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
_VARIABLE = re.compile(r"\$\{[^}]*\}")


@dataclass(frozen=True)
class Statement:
    """A statement of a policy.

    Attributes:
        body: Resolved.
        owner: The resource that has the policy.
        place: Where in the owner's properties.
    """

    body: dict[str, Any]
    owner: Resource
    place: tuple[Key, ...]

    @property
    def at(self) -> Location:
        return self.owner.at(*self.place)

    def listed(self, name: str) -> list[Any]:
        """An element as a list, whether it was written as one or not."""
        return as_list(self.body.get(name))

    def principals(self, type: str) -> list[Any]:
        """The principals of a type, such as `AWS` or `Service`, that its Principal lists."""
        return principals_of(self.body.get("Principal")).get(type, [])

    def acts_on(self, action: str) -> bool:
        """Whether it is about an action."""
        negated = "NotAction" in self.body
        listed = self.listed("NotAction" if negated else "Action")
        return is_action_among(action, [one for one in listed if isinstance(one, str)]) != negated

    def is_about(self, id: str) -> bool:
        """Whether it is about a resource of the template, by logical id."""
        if "NotResource" in self.body:
            return True
        return any(reference(one) == id or _is_open(one) for one in self.listed("Resource"))


def statements(owner: Resource, *place: Key) -> Iterator[Statement]:
    """The statements of a policy document among a resource's properties."""
    document = owner.get(*place)
    listed = statements_of(document) if isinstance(document, dict) else []
    for index, body in enumerate(listed):
        if isinstance(body, dict):
            yield Statement(body, owner, (*place, "Statement", index))


def own_statements(role: Resource) -> Iterator[Statement]:
    """The statements of a role's inline policies."""
    for index, _ in enumerate(role.get("Policies") or []):
        yield from statements(role, "Policies", index, "PolicyDocument")


def role_of(stack: Stack, principal: Resource) -> Resource | None:
    """The role of a function or state machine, if the template defines it."""
    return stack.referred(principal.get("Role") or principal.get("RoleArn"), ROLE)


def role_statements(stack: Stack, principal: Resource) -> list[Statement]:
    """The statements of a function's or state machine's role, where the template has it."""
    role = role_of(stack, principal)
    if role is None:
        return []
    found = list(own_statements(role))
    for policy in stack.of_type(*POLICIES):
        roles = [*as_list(policy.get("Roles")), *as_list(policy.get("RoleName"))]
        if role.id in [reference(one) for one in roles]:
            found += statements(policy, "PolicyDocument")
    return found


def allows(policy: list[Statement], action: str, id: str | None = None) -> bool:
    """Whether statements allow an action, on a resource of the template if one is named."""
    about = [one for one in policy if one.acts_on(action) and (id is None or one.is_about(id))]
    effects = {one.body.get("Effect") for one in about if _unconditional(one)}
    return "Allow" in {one.body.get("Effect") for one in about} and "Deny" not in effects


def _unconditional(statement: Statement) -> bool:
    return statement.body.get("Effect") == "Allow" or not statement.body.get("Condition")


def text_of(arn: Any) -> str:
    """An ARN's text, with a word for each part that is not known."""
    text = arn.get("Fn::Sub", "") if isinstance(arn, dict) else arn
    return _VARIABLE.sub("unknown", str(text))


def _is_open(arn: Any) -> bool:
    """Whether an ARN ends in a wildcard, and names no resource of the template."""
    return text_of(arn).endswith("*") and (reference(arn) or "AWS::").startswith("AWS::")
