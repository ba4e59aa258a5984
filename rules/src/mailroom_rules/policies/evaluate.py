"""The policy evaluation logic.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mailroom_rules.policies.decision import Decision, Outcome
from mailroom_rules.policies.policy import Findings, MatchedStatement, Policy, PolicyType
from mailroom_rules.policies.principal import Kind
from mailroom_rules.policies.principal_element import Naming
from mailroom_rules.policies.request import Request

NO_FINDINGS = Findings()
NEEDS_NO_PERMISSION = "sts:getcalleridentity"
ASSUME_ROLE = "sts:assumerole"


@dataclass(frozen=True, slots=True)
class _Found:
    """What each type of policy says; None where the principal has no such policy."""

    identity: Findings
    resource: Findings | None
    boundary: Findings | None
    session: Findings | None

    def by_type(self) -> tuple[tuple[PolicyType, Findings | None], ...]:
        return (
            (PolicyType.IDENTITY, self.identity),
            (PolicyType.RESOURCE, self.resource),
            (PolicyType.BOUNDARY, self.boundary),
            (PolicyType.SESSION, self.session),
        )

    def denies(self, policy_type: PolicyType) -> tuple[MatchedStatement, ...]:
        found = dict(self.by_type())[policy_type]
        return found.denies if found else ()

    def allows(self) -> tuple[MatchedStatement, ...]:
        return tuple(match for _, found in self.by_type() if found for match in found.allows)


def evaluate(
    request: Request,
    identity_policies: Iterable[Policy] = (),
    *,
    permissions_boundary: Policy | None = None,
    session_policy: Policy | None = None,
    resource_policy: Policy | None = None,
) -> Decision:
    """Decide a request as AWS does.

    An explicit deny in any policy comes first. Within an account an identity policy or the
    resource's own policy suffices; a permissions boundary and a session policy limit both, except
    what a resource policy gives to the user or the session itself, or to everyone. Across accounts
    both sides must allow. A service, an identity provider's user and an anonymous one have the
    resource policy alone. The root user has every permission in its account.

    Args:
        request: who asks for what.
        identity_policies: the inline and managed policies of the user or role.
        permissions_boundary: its permissions boundary.
        session_policy: what AssumeRole's `Policy` parameter gave.
        resource_policy: the policy of the queue, topic, bucket, secret, function, key or role.

    Returns:
        The decision, with the type of policy and the statements that made it.
    """
    if request.action.lower() == NEEDS_NO_PERMISSION:
        return Decision(request, Outcome.ALLOWED, None)
    principal = request.principal
    bounded = permissions_boundary is not None and principal.has_identity
    found = _Found(
        sum((policy.findings(request) for policy in identity_policies), NO_FINDINGS)
        if principal.has_identity
        else NO_FINDINGS,
        resource_policy.findings(request, bounded=bounded) if resource_policy else None,
        permissions_boundary.findings(request) if permissions_boundary and bounded else None,
        session_policy.findings(request) if session_policy and principal.has_identity else None,
    )
    for policy_type, findings in found.by_type():
        if findings and findings.denies:
            return Decision(request, Outcome.EXPLICITLY_DENIED, policy_type, findings.denies)
    lacking = _lacking(request, found)
    if lacking:
        return Decision(request, Outcome.IMPLICITLY_DENIED, lacking, found.allows())
    granting = PolicyType.IDENTITY if found.identity.allows else PolicyType.RESOURCE
    return Decision(request, Outcome.ALLOWED, granting, found.allows())


def _lacking(request: Request, found: _Found) -> PolicyType | None:
    """The type of policy whose Allow is missing, the first in AWS's order; None if none is."""
    naming = found.resource.closest() if found.resource else Naming.NONE
    if not request.principal.has_identity:
        return None if naming else PolicyType.RESOURCE
    root = request.principal.kind is Kind.ROOT
    if not request.same_account:
        if not naming:
            return PolicyType.RESOURCE
        if not found.identity.allows and not root:
            return PolicyType.IDENTITY
    elif naming is Naming.DIRECT and not root:
        return None
    elif naming is not Naming.PARENT:
        if _trusts_only_its_policy(request, found) and not naming:
            return PolicyType.RESOURCE
        if not found.identity.allows and not root:
            return PolicyType.IDENTITY
    if found.boundary and not found.boundary.allows:
        return PolicyType.BOUNDARY
    if found.session and not found.session.allows:
        return PolicyType.SESSION
    return None


def _trusts_only_its_policy(request: Request, found: _Found) -> bool:
    """Whether the resource is a key or a role: identity policies count if its policy says so.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
    """
    action = request.action.lower()
    if action.startswith("kms:"):
        return ":key/" in request.resource
    return action.startswith(ASSUME_ROLE) and found.resource is not None
