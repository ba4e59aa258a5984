"""What is asked: a principal, an action, a resource, and the context they come with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailroom_rules.arn import account_of
from mailroom_rules.policies.context import Context, Raw, normalise
from mailroom_rules.policies.principal import Principal


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one resource.

    Attributes:
        action: in AWS's spelling, such as `sqs:SendMessage`.
        resource: an ARN, or `*` where the action knows no resource.
        context: condition keys in lower case, see `Request.of`.
        resource_account: the resource's owner, where its ARN doesn't say (a bucket's).
    """

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=dict)
    resource_account: str | None = None

    @classmethod
    def of(
        cls,
        principal: Principal,
        action: str,
        resource: str,
        context: Mapping[str, Raw] | None = None,
        *,
        resource_account: str | None = None,
    ) -> "Request":
        """Make a request from a context in any spelling.

        Args:
            principal: who asks.
            action: in AWS's spelling, such as `sqs:SendMessage`.
            resource: an ARN, or `*`.
            context: by condition key in any case; a list or tuple makes the key multivalued.
            resource_account: the owner of a resource whose ARN names none. Without it the
                principal's own account counts as its owner.
        """
        return cls(principal, action, resource, normalise(context or {}), resource_account)

    @property
    def same_account(self) -> bool:
        """Whether the principal belongs to the account that owns the resource."""
        owner = self.resource_account or account_of(self.resource) or self.principal.account
        return owner == self.principal.account
