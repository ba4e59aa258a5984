"""What the tests of the IAM evaluator share."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from mailroom_rules.policies import Decision, Policy, PolicyType, Principal, Request, evaluate

SESSION = "arn:aws:sts::111122223333:assumed-role/ProcessMessages/i-1"

type Decide = Callable[..., Decision]


def _policy(statements: Any, policy_type: PolicyType, name: str) -> Policy:
    listed = statements if isinstance(statements, list) else [statements]
    document = {"Version": "2012-10-17", "Statement": listed}
    return Policy.parse(document, name, policy_type)


@pytest.fixture
def decide() -> Decide:
    """Decide a request from plain statements; without more it is a role session's."""

    def decided(
        action: str,
        resource: str,
        *,
        principal: str | Principal = SESSION,
        context: Mapping[str, Any] | None = None,
        owner: str | None = None,
        identity: Any = None,
        boundary: Any = None,
        session: Any = None,
        guard: Any = None,
    ) -> Decision:
        who = Principal.parse(principal) if isinstance(principal, str) else principal
        return evaluate(
            Request.of(who, action, resource, context, resource_account=owner),
            [_policy(identity, PolicyType.IDENTITY, "identity")] if identity else [],
            permissions_boundary=_policy(boundary, PolicyType.BOUNDARY, "boundary")
            if boundary
            else None,
            session_policy=_policy(session, PolicyType.SESSION, "session") if session else None,
            resource_policy=_policy(guard, PolicyType.RESOURCE, "guard") if guard else None,
        )

    return decided
