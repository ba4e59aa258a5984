"""The Principal and NotPrincipal elements of a resource policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from mailroom_rules.arn import parse_arn
from mailroom_rules.policies.document import MalformedPolicyError, principals_of
from mailroom_rules.policies.principal import Kind, Principal

ACCOUNT = re.compile(r"\d{12}")
KINDS = ("AWS", "Service", "Federated", "CanonicalUser")


class Naming(IntEnum):
    """How closely a statement names the principal: the closer, the less can limit its Allow.

    `ACCOUNT` delegates to the account, whose identity policies then decide. `PARENT` names the
    role of a session (or the user of a federated one), which a permissions boundary and a session
    policy limit. `DIRECT` names the principal itself, which neither limits implicitly.
    """

    NONE = 0
    ACCOUNT = 1
    PARENT = 2
    DIRECT = 3


class PrincipalElement:
    """A compiled Principal element: whom a statement names, and how closely."""

    __slots__ = ("_accounts", "_arns", "_canonical", "_everyone", "_federated", "_services")

    def __init__(self, element: Any) -> None:
        named = _named(element)
        aws = named.get("AWS", [])
        self._everyone = "*" in aws
        self._accounts = {account for name in aws if (account := _account(name))}
        self._arns = {name for name in aws if name != "*" and not _account(name)}
        self._services = set(named.get("Service", []))
        self._federated = set(named.get("Federated", []))
        self._canonical = set(named.get("CanonicalUser", []))

    def naming(self, principal: Principal) -> Naming:
        """How closely the element names `principal`."""
        if self._everyone or self._names_itself(principal):
            return Naming.DIRECT
        if self._names_parent(principal):
            return Naming.PARENT
        return Naming.ACCOUNT if self._names_account(principal) else Naming.NONE

    def excepts_from_deny(self, principal: Principal) -> bool:
        """Whether, as a NotPrincipal, it keeps a Deny off `principal`.

        AWS may validate the account first, then the role and then the session: each of them has to
        be listed.
        """
        if self._everyone:
            return True
        if not principal.has_identity:
            return self._names_itself(principal)
        itself = principal.kind in (Kind.ROOT, Kind.ROLE) or self._names_itself(principal)
        has_parent = principal.parent is not None or principal.kind is Kind.ROLE
        parent = not has_parent or self._names_parent(principal)
        return itself and parent and self._names_account(principal)

    def _names_itself(self, principal: Principal) -> bool:
        if principal.kind is Kind.SERVICE:
            return principal.name in self._services
        if principal.kind is Kind.FEDERATED:
            return principal.name in self._federated
        if principal.kind is Kind.ROOT:
            return principal.account in self._accounts
        return principal.kind is not Kind.ROLE and principal.name in self._arns

    def _names_parent(self, principal: Principal) -> bool:
        parent = principal.name if principal.kind is Kind.ROLE else principal.parent
        return parent is not None and parent in self._arns

    def _names_account(self, principal: Principal) -> bool:
        if principal.account is None:
            return False
        named_canonically = principal.canonical_id in self._canonical
        return principal.account in self._accounts or named_canonically


def _named(element: Any) -> dict[str, list[str]]:
    if element != "*" and not isinstance(element, Mapping):
        raise MalformedPolicyError(f"{element!r} is not a Principal")
    named = principals_of(element)
    if unknown := sorted(named.keys() - set(KINDS)):
        raise MalformedPolicyError(f"{unknown[0]!r} is not a type of Principal: {', '.join(KINDS)}")
    return named


def _account(name: str) -> str | None:
    """The account that a name stands for: its number, or the ARN of its root user."""
    arn = parse_arn(name)
    account = arn.account if arn and (arn.service, arn.resource) == ("iam", "root") else name
    return account if ACCOUNT.fullmatch(account) else None
