"""Policies, parsed and compiled once, and asked many times.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from mailroom_rules.policies.document import MalformedPolicyError, statements_of
from mailroom_rules.policies.principal_element import Naming
from mailroom_rules.policies.request import Request
from mailroom_rules.policies.statement import Statement

VERSIONS = ("2012-10-17", "2008-10-17")


class PolicyType(Enum):
    """The types of policy that can decide a request, each as AWS's sentences call it."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


@dataclass(frozen=True, slots=True)
class MatchedStatement:
    """A statement that applied to a request.

    Attributes:
        policy: the policy's name as it was given to `Policy.parse`.
        index: the statement's place in its policy, from 0.
        naming: how closely it named the principal; an identity policy's is `DIRECT`.
    """

    policy_type: PolicyType
    policy: str
    index: int
    sid: str | None
    naming: Naming


@dataclass(frozen=True, slots=True)
class Findings:
    """What one policy, or several of one type, say about a request."""

    denies: tuple[MatchedStatement, ...] = ()
    allows: tuple[MatchedStatement, ...] = ()

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.denies + other.denies, self.allows + other.allows)

    def closest(self) -> Naming:
        """How closely the Allow that names the principal best names it."""
        return max((match.naming for match in self.allows), default=Naming.NONE)


class Policy:
    """A compiled policy.

    Attributes:
        name: what a report calls it: a role policy's name, a managed policy's or a queue's ARN.
    """

    __slots__ = ("_statements", "name", "policy_type")

    def __init__(
        self, name: str, policy_type: PolicyType, statements: tuple[Statement, ...]
    ) -> None:
        self.name = name
        self.policy_type = policy_type
        self._statements = statements

    @classmethod
    def parse(
        cls,
        document: str | Mapping[str, Any],
        name: str = "",
        policy_type: PolicyType = PolicyType.IDENTITY,
    ) -> "Policy":
        """Compile a policy document; the same text is compiled once.

        Args:
            document: JSON text, or what JSON text holds.
            name: what a report calls the policy.
            policy_type: decides whether its statements name a principal.

        Raises:
            MalformedPolicyError: it is not a policy of this type.
        """
        text = document if isinstance(document, str) else json.dumps(document)
        return _compile(text, name, policy_type)

    def findings(self, request: Request, *, bounded: bool = False) -> Findings:
        """Every statement that applies to a request.

        Args:
            request: who asks for what.
            bounded: whether the principal has a permissions boundary.
        """
        action = request.action.lower()
        denies: list[MatchedStatement] = []
        allows: list[MatchedStatement] = []
        for index, statement in enumerate(self._statements):
            naming = statement.applies(request, action, bounded=bounded)
            if naming:
                match = MatchedStatement(self.policy_type, self.name, index, statement.sid, naming)
                (allows if statement.allows else denies).append(match)
        return Findings(tuple(denies), tuple(allows))


@lru_cache(maxsize=1024)
def _compile(text: str, name: str, policy_type: PolicyType) -> Policy:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedPolicyError(f"{name or 'the policy'} is not JSON: {error}") from error
    if not isinstance(document, dict) or "Statement" not in document:
        raise MalformedPolicyError(f"{name or 'the policy'} has no Statement")
    version = document.get("Version", VERSIONS[1])
    if version not in VERSIONS:
        raise MalformedPolicyError(f"Version is one of {', '.join(VERSIONS)}, not {version}")
    return Policy(
        name,
        policy_type,
        tuple(
            Statement(
                statement,
                variables=version == VERSIONS[0],
                names_principal=policy_type is PolicyType.RESOURCE,
            )
            for statement in statements_of(document)
        ),
    )
