"""The policies of users, groups and roles, from LocalStack's IAM."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from mailroom_rules.policies import MalformedPolicyError, Policy, PolicyType

LOG = logging.getLogger(__name__)


def boundary_of(owner: Any, backend: Any) -> Policy | None:
    """The permissions boundary of a user or role; one that is gone lets nothing through."""
    # LocalStack keeps a user's under a name of its own, as a text; a role's is moto's.
    own = getattr(owner, "permissions_boundary", None)
    arn = own if isinstance(own, str) else getattr(owner, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    return (
        managed_policy(policy, PolicyType.BOUNDARY) if policy else _none(arn, PolicyType.BOUNDARY)
    )


def attached(holder: Any) -> Iterator[Policy]:
    """The inline and managed policies of a user, group or role."""
    for name, document in list(holder.policies.items()):
        yield parsed(document, name, PolicyType.IDENTITY)
    for policy in list(holder.managed_policies.values()):
        yield managed_policy(policy, PolicyType.IDENTITY)


def managed_policy(policy: Any, policy_type: PolicyType) -> Policy:
    """A managed policy in its default version."""
    document = next(version.document for version in policy.versions if version.is_default)
    return parsed(document, policy.arn, policy_type)


def parsed(document: Any, name: str, policy_type: PolicyType) -> Policy:
    """A policy; one that IAM would not have taken allows nothing."""
    try:
        return Policy.parse(document, name, policy_type)
    except MalformedPolicyError as error:
        LOG.warning("The policy %s allows nothing, AWS would refuse it: %s", name, error)
        return _none(name, policy_type)


def _none(name: str, policy_type: PolicyType) -> Policy:
    """A policy that allows nothing; as a boundary, that lets nothing through."""
    return Policy(name, policy_type, ())
