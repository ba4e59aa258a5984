"""IAM: policy documents, and their sizes."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from mailroom_rules.limits.documents import statements
from mailroom_rules.limits.refusal import Refusal
from mailroom_rules.limits.rules.rule import Refuse, Request, Rule

GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
QUOTAS = f"{GUIDE}reference_iam-quotas.html"
MANAGED = ("CreatePolicy", "CreatePolicyVersion")
# Characters that the inline policies of a role, a user or a group have together at most.
INLINE = {"Role": 10_240, "User": 2_048, "Group": 5_120}
MOST_MANAGED = 6_144
# 2,048, until AWS raises the quota.
MOST_TRUST = 8_192

Statement = Mapping[str, Any]


def _size(most: int, message: str) -> Refuse:
    """White space doesn't count."""

    def refuse(policy: Any, _request: Request) -> Refusal | None:
        if len("".join(str(policy).split())) <= most:
            return None
        return Refusal("LimitExceeded", message, 409)

    return refuse


def _each(reason_of: Callable[[Statement], str | None]) -> Refuse:
    def refuse(document: Any, _request: Request) -> Refusal | None:
        reasons = filter(None, map(reason_of, statements(document)))
        reason = next(reasons, None)
        return Refusal("MalformedPolicyDocument", reason) if reason else None

    return refuse


def _trust(statement: Statement) -> str | None:
    for name in ("Resource", "NotResource"):
        if name in statement:
            return f"Has prohibited field {name}"
    if not {"Principal", "NotPrincipal"} & statement.keys():
        return "Missing required field Principal"
    actions = statement.get("Action") or []
    for action in [actions] if isinstance(actions, str) else actions:
        if ":" in str(action) and str(action).partition(":")[0].lower() != "sts":
            return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


def _identity(statement: Statement) -> str | None:
    if {"Principal", "NotPrincipal"} & statement.keys():
        return "Policy document should not specify a principal."
    if re.fullmatch("[0-9A-Za-z]*", str(statement.get("Sid") or "")) is None:
        return (
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"
            " regular expression [0-9A-Za-z]*"
        )
    return None


_TRUST_PAGE = f"{GUIDE}reference_policies_elements_principal.html"
_TRUSTS = (("CreateRole", "AssumeRolePolicyDocument"), ("UpdateAssumeRolePolicy", "PolicyDocument"))

RULES = (
    Rule(
        "iam",
        MANAGED,
        "PolicyDocument",
        "a managed policy has 6,144 characters",
        QUOTAS,
        _size(MOST_MANAGED, f"Cannot exceed quota for PolicySize: {MOST_MANAGED}"),
    ),
    *(
        Rule(
            "iam",
            (f"Put{owner}Policy",),
            "PolicyDocument",
            f"the inline policies of a {owner.lower()} have {most:,} characters",
            QUOTAS,
            _size(most, f"Maximum policy size of {most} bytes exceeded for {owner.lower()}"),
        )
        for owner, most in INLINE.items()
    ),
    Rule(
        "iam",
        (*MANAGED, *(f"Put{owner}Policy" for owner in INLINE)),
        "PolicyDocument",
        "a policy of an identity names no principal, and its Sids are letters and digits",
        f"{GUIDE}reference_policies_elements_sid.html",
        _each(_identity),
    ),
    *(
        Rule(
            "iam",
            (operation,),
            member,
            "a role's trust policy has 8,192 characters",
            QUOTAS,
            _size(MOST_TRUST, f"Cannot exceed quota for ACLSizePerRole: {MOST_TRUST}"),
        )
        for operation, member in _TRUSTS
    ),
    *(
        Rule(
            "iam",
            (operation,),
            member,
            "a trust policy names principals and no resources, and allows actions of STS alone",
            _TRUST_PAGE,
            _each(_trust),
        )
        for operation, member in _TRUSTS
    ),
)
