"""One statement of a policy, compiled.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from mailroom_rules.policies.arn_pattern import ArnPattern, is_doubtful
from mailroom_rules.policies.conditions import compile_conditions
from mailroom_rules.policies.context import Context
from mailroom_rules.policies.document import MalformedPolicyError, action_matcher, as_list
from mailroom_rules.policies.principal_element import Naming, PrincipalElement
from mailroom_rules.policies.request import Request
from mailroom_rules.policies.template import UnresolvedVariableError

ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"}
    | {"Condition"}
)


class Statement:
    """A statement that can be asked whether it applies to a request.

    Attributes:
        sid: its Sid, or None.
        allows: True for Allow, False for Deny.
    """

    __slots__ = (
        "_action_matches",
        "_conditions",
        "_not_action",
        "_not_resource",
        "_principals",
        "_resource_matches",
        "allows",
        "except_principals",
        "sid",
    )

    def __init__(self, document: Any, *, variables: bool, names_principal: bool) -> None:
        if not isinstance(document, Mapping):
            raise MalformedPolicyError(f"{document!r} is not a statement")
        if unknown := sorted(set(document) - ELEMENTS):
            raise MalformedPolicyError(f"a statement has no element {unknown[0]}")
        if document.get("Effect") not in ("Allow", "Deny"):
            raise MalformedPolicyError("Effect is Allow or Deny")
        self.sid: str | None = document.get("Sid")
        self.allows: bool = document["Effect"] == "Allow"
        actions, self._not_action = _one_of(document, "Action", "NotAction")
        if actions is None:
            raise MalformedPolicyError("a statement needs Action or NotAction")
        resources, self._not_resource = _one_of(document, "Resource", "NotResource")
        if resources is None and not names_principal:
            raise MalformedPolicyError("a statement needs Resource or NotResource")
        self._action_matches = action_matcher(_strings(actions))
        self._resource_matches = _resources(
            ["*"] if resources is None else resources,
            variables,
            trusted=self.allows == self._not_resource,
        )
        self._conditions = compile_conditions(document.get("Condition", {}), variables=variables)
        principals, self.except_principals = _one_of(document, "Principal", "NotPrincipal")
        if names_principal != (principals is not None):
            needs = "needs" if names_principal else "cannot have"
            raise MalformedPolicyError(f"a statement of this policy {needs} a Principal")
        self._principals = None if principals is None else PrincipalElement(principals)

    def applies(self, request: Request, action: str, *, bounded: bool = False) -> Naming:
        """How closely the statement applies to a request; `Naming.NONE` if it doesn't.

        Args:
            request: who asks for what.
            action: the request's action in lower case.
            bounded: whether the principal has a permissions boundary.
        """
        if self._action_matches(action) is self._not_action:
            return Naming.NONE
        context = request.context
        try:
            if self._resource_matches(request.resource, context) is self._not_resource:
                return Naming.NONE
        except UnresolvedVariableError:
            return Naming.NONE
        for condition in self._conditions:
            if not condition(context):
                return Naming.NONE
        return self._naming(request, bounded)

    def _naming(self, request: Request, bounded: bool) -> Naming:
        if self._principals is None:
            return Naming.DIRECT
        if not self.except_principals:
            return self._principals.naming(request.principal)
        if self.allows:
            excepted = self._principals.naming(request.principal) is not Naming.NONE
        else:
            # Whatever it lists, a Deny with NotPrincipal denies every principal with a boundary.
            excepted = not bounded and self._principals.excepts_from_deny(request.principal)
        return Naming.NONE if excepted else Naming.DIRECT


def _one_of(document: Mapping[str, Any], element: str, negated: str) -> tuple[Any, bool]:
    if element in document and negated in document:
        raise MalformedPolicyError(f"a statement has {element} or {negated}, not both")
    return document.get(element, document.get(negated)), negated in document


def _resources(patterns: Any, variables: bool, *, trusted: bool) -> Callable[[str, Context], bool]:
    """Compile ARNs; a doubtful one never gives access and never saves from a Deny.

    Args:
        patterns: what the statement lists.
        variables: whether the policy's version knows variables.
        trusted: whether a match takes access away, so that a doubtful pattern may match.
    """
    compiled = [
        ArnPattern(pattern, variables=variables, never=not trusted and is_doubtful(pattern))
        for pattern in _strings(patterns)
    ]

    def matches(resource: str, context: Context) -> bool:
        unresolved: UnresolvedVariableError | None = None
        for pattern in compiled:
            try:
                if pattern.matches(resource, context):
                    return True
            except UnresolvedVariableError as error:
                unresolved = error
        if unresolved:
            raise unresolved
        return False

    return matches


def _strings(values: Any) -> list[str]:
    listed = as_list(values)
    if not listed or not all(isinstance(value, str) for value in listed):
        raise MalformedPolicyError(f"{values!r} is neither a string nor a list of strings")
    return listed
