"""Counts decisions, up to a maximum number of kinds."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mailroom_rules.policies import Decision, MatchedStatement

KINDS = 5_000
RESOURCES = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """Decisions that differ in nothing but their resources.

    Attributes:
        principal: a role's or user's ARN, or a service's name.
        source: the ARN of the resource that a service acted for.
        outcome: `allowed`, `implicitDeny`, `explicitDeny`, or `unchecked` where the permission of
            an operation isn't known.
    """

    principal: str
    source: str | None
    action: str
    outcome: str
    policy_type: str | None
    statements: tuple[MatchedStatement, ...]


@dataclass(slots=True)
class Tally:
    """How often a kind of decision was made, and on which resources."""

    count: int = 0
    message: str | None = None
    resources: Counter[str] = field(default_factory=Counter)
    further_resources: int = 0


class DecisionLog:
    """Counts decisions by kind; safe to use from several threads."""

    def __init__(self, kinds: int = KINDS, resources: int = RESOURCES) -> None:
        """Start empty.

        Args:
            kinds: the maximum number of kinds; decisions of further kinds are only counted.
            resources: the maximum number of resources of a kind.
        """
        self._kinds = kinds
        self._resources = resources
        self._tallies: dict[Kind, Tally] = {}
        self._dropped = 0
        self._lock = threading.Lock()

    def record(
        self, decision: Decision, *, source: str | None = None, message: str | None = None
    ) -> None:
        """Count a decision.

        Args:
            decision: the decision.
            source: the ARN of the resource that a service acted for.
            message: the error that the caller gets, or would get.
        """
        principal = decision.request.principal
        kind = Kind(
            principal.parent or principal.name,
            source,
            decision.request.action,
            decision.outcome.value,
            decision.policy_type.value if decision.policy_type else None,
            decision.statements,
        )
        self._count(kind, decision.request.resource, message)

    def record_unchecked(self, principal: str, action: str) -> None:
        """Count a call whose permissions aren't known."""
        self._count(Kind(principal, None, action, "unchecked", None, ()), "*", None)

    def reset(self) -> None:
        """Delete all counts."""
        with self._lock:
            self._tallies, self._dropped = {}, 0

    def as_json(self) -> dict[str, Any]:
        """All counts, for JSON."""
        with self._lock:
            decisions = [_as_json(kind, tally) for kind, tally in self._tallies.items()]
            return {"dropped": self._dropped, "decisions": decisions}

    def _count(self, kind: Kind, resource: str, message: str | None) -> None:
        with self._lock:
            tally = self._tallies.get(kind)
            if tally is None:
                if len(self._tallies) >= self._kinds:
                    self._dropped += 1
                    return
                tally = self._tallies[kind] = Tally()
            tally.count += 1
            tally.message = message or tally.message
            if resource in tally.resources or len(tally.resources) < self._resources:
                tally.resources[resource] += 1
            else:
                tally.further_resources += 1


def _as_json(kind: Kind, tally: Tally) -> dict[str, Any]:
    return {
        "principal": kind.principal,
        "source": kind.source,
        "action": kind.action,
        "outcome": kind.outcome,
        "policyType": kind.policy_type,
        "statements": _statements(kind.statements),
        "count": tally.count,
        "message": tally.message,
        "resources": dict(tally.resources),
        "furtherResources": tally.further_resources,
    }


def _statements(statements: Iterable[MatchedStatement]) -> list[dict[str, Any]]:
    return [
        {
            "policyType": statement.policy_type.value,
            "policy": statement.policy,
            "index": statement.index,
            "sid": statement.sid,
        }
        for statement in statements
    ]
