"""The principal of a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from dataclasses import dataclass
from enum import Enum

from mailroom_rules.arn import parse_arn


class Kind(Enum):
    """The kinds of principal that evaluation tells apart."""

    ROOT = "Account"
    USER = "User"
    ROLE = "Role"
    ROLE_SESSION = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    FEDERATED = "Federated"
    SERVICE = "Service"
    ANONYMOUS = "Anonymous"


@dataclass(frozen=True, slots=True)
class Principal:
    """The principal of a request.

    Attributes:
        name: its ARN, or a service's name such as `sns.amazonaws.com`; AWS's sentences show it.
        account: the account that it belongs to; None for a service and for anyone.
        parent: a role session's role, or a federated user's user, as an ARN.
    """

    kind: Kind
    name: str
    account: str | None = None
    parent: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    canonical_id: str | None = None

    @classmethod
    def parse(
        cls, name: str, *, role_arn: str | None = None, tags: dict[str, str] | None = None
    ) -> "Principal":
        """Read an ARN (a role session's, a user's, the root user's …) or a service's name.

        Args:
            name: the ARN, or a service such as `sns.amazonaws.com`.
            role_arn: a role session's role, needed where the role has a path, for a session's
                ARN leaves the path out.
            tags: the principal's tags, which become `aws:PrincipalTag/…`.
        """
        arn = parse_arn(name)
        if arn is None:
            return cls(Kind.SERVICE, name)
        account = arn.account or None
        resource_type, _, rest = arn.resource.partition("/")
        kind, parent = Kind.USER, None
        if arn.resource == "root":
            kind = Kind.ROOT
        elif resource_type == "role":
            kind = Kind.ROLE
        elif arn.service == "sts" and resource_type == "assumed-role":
            kind = Kind.ROLE_SESSION
            parent = role_arn or f"arn:{arn.partition}:iam::{account}:role/{rest.split('/')[0]}"
        elif arn.service == "sts" and resource_type == "federated-user":
            kind, parent = Kind.FEDERATED_USER, f"arn:{arn.partition}:iam::{account}:user/{rest}"
        elif resource_type in ("saml-provider", "oidc-provider"):
            kind = Kind.FEDERATED
        return cls(kind, name, account, parent, tuple((tags or {}).items()))

    @classmethod
    def service(cls, name: str) -> "Principal":
        """An AWS service acting for itself, such as `sns.amazonaws.com`."""
        return cls(Kind.SERVICE, name)

    @classmethod
    def federated(cls, provider: str) -> "Principal":
        """An identity provider's user who has not assumed a role yet."""
        return cls(Kind.FEDERATED, provider)

    @classmethod
    def anonymous(cls) -> "Principal":
        """The sender of a request without a signature."""
        return cls(Kind.ANONYMOUS, "anonymous")

    @property
    def is_service(self) -> bool:
        """Whether it is an AWS service."""
        return self.kind is Kind.SERVICE

    @property
    def has_identity(self) -> bool:
        """Whether identity policies can be attached: not to a service, provider or anyone."""
        return self.kind not in (Kind.SERVICE, Kind.FEDERATED, Kind.ANONYMOUS)

    def context_keys(self) -> dict[str, str]:
        """The condition keys about the principal itself, `aws:PrincipalArn` and its like."""
        if self.is_service:
            return {"aws:PrincipalServiceName": self.name}
        if not self.has_identity or self.account is None:
            return {"aws:PrincipalType": self.kind.value}
        role_or_self = self.parent if self.kind is Kind.ROLE_SESSION else self.name
        keys = {
            "aws:PrincipalArn": role_or_self or self.name,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalType": self.kind.value,
            **{f"aws:PrincipalTag/{key}": value for key, value in self.tags},
        }
        if self.kind is Kind.USER:
            keys["aws:username"] = self.name.rsplit("/", 1)[1]
        return keys
