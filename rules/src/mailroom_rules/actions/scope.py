"""Where a call is made, and the ARNs that follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mailroom_rules.arn import Arn

Params = Mapping[str, Any]
Resolver = Callable[[str, str], str | None]
Resources = Callable[["Scope", Params], list[str]]
"""The ARNs that a call's parameters name, in botocore's shape."""


def _unresolved(_service: str, _identifier: str) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """The account and region of a call.

    Attributes:
        resolve: finds the ARN of what a parameter names too loosely, given the service and the
            identifier: a secret's name, a key's alias, a state machine's execution. None if there
            is no such resource.
    """

    region: str
    account: str
    partition: str = "aws"
    resolve: Resolver = _unresolved

    def arn(
        self, service: str, resource: str, *, region: str | None = None, account: str | None = None
    ) -> str:
        """The ARN of a resource, by default in this account and region; "" leaves one empty."""
        region = self.region if region is None else region
        account = self.account if account is None else account
        return str(Arn("arn", self.partition, service, region, account, resource))


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission that a call needs.

    Attributes:
        action: in the spelling of AWS's service authorization reference.
        resource: an ARN, or `*`.
        known: False if the operation or its resource isn't in our mapping, so that the action's
            name is the operation's, and the resource `*`, by guess.
        printed_resource: as the service's own error message shows it, where that isn't the ARN.
    """

    action: str
    resource: str = "*"
    known: bool = True
    printed_resource: str | None = None


def any_resource(_scope: Scope, _params: Params) -> list[str]:
    """For actions without a resource type: only `*` in a policy matches."""
    return ["*"]


def parameter(name: str) -> Resources:
    """The resource is a parameter that holds its ARN."""

    def resources(_scope: Scope, params: Params) -> list[str]:
        return [params.get(name) or "*"]

    return resources
