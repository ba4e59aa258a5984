"""The statement that would allow a call that was refused."""

from __future__ import annotations

from typing import Any

from mailroom_rules.policies import Kind, Outcome, PolicyType

from mailroom_localstack.iam.authorizer import Refused
from mailroom_localstack.iam.caller import Caller

# Of whom a resource's policy decides, as no policy is theirs.
BY_RESOURCE = {Kind.SERVICE, Kind.ANONYMOUS}


def allowing_statement(caller: Caller, refused: Refused) -> dict[str, Any] | None:
    """The least statement that would allow a call.

    It belongs in a policy of the caller, or, if it has a `Principal`, in the resource's.

    Returns:
        None if no Allow helps: a Deny applies, or the session's policy or a permissions boundary
        doesn't allow the action.
    """
    decision, principal = refused.decision, caller.principal
    if decision.outcome is not Outcome.IMPLICITLY_DENIED:
        return None
    if decision.policy_type in (PolicyType.BOUNDARY, PolicyType.SESSION):
        return None
    statement: dict[str, Any] = {"Effect": "Allow"}
    if principal.kind in BY_RESOURCE:
        anonymous = principal.kind is Kind.ANONYMOUS
        statement["Principal"] = "*" if anonymous else {"Service": principal.name}
    statement |= {"Action": refused.action, "Resource": refused.resource}
    if principal.kind is Kind.SERVICE and caller.source:
        statement["Condition"] = {"ArnEquals": {"aws:SourceArn": caller.source}}
    return statement
