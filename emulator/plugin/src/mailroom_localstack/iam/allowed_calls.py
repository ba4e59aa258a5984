"""Calls that were allowed a moment ago, and are not evaluated again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mailroom_rules.policies import Decision

from mailroom_localstack.iam.caller import Caller

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

SECONDS = 1.0
MOST = 10_000
OF_QUEUE = (
    *("ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage"),
    *("DeleteMessageBatch", "GetQueueAttributes", "ReceiveMessage"),
    *("SendMessage", "SendMessageBatch"),
)
TARGETS = ("TopicArn", "TargetArn", "PhoneNumber")
# The parameters that decide which permission a call needs: one, of one resource. No other parameter
# of these calls is a condition key.
DECIDING = {
    **{("sqs", name): ("QueueUrl",) for name in OF_QUEUE},
    **{("sns", name): TARGETS for name in ("Publish", "PublishBatch")},
}
# Services whose other calls change what these may do.
CHANGING = {"iam", "sns", "sqs"}
READS = ("Get", "List")

type Key = tuple[str | None, ...]


class AllowedCalls:
    """Remembers decisions for a second, or until a call may change a policy.

    A decision may be late by that second: the time is a condition key, and a call that changes a
    policy may be slow. IAM itself is eventually consistent.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html
    """

    def __init__(self) -> None:
        """Start with none."""
        self._decisions: dict[Key, tuple[float, Decision]] = {}

    def find(self, key: Key) -> Decision | None:
        """The decision of a call like this; None without one."""
        until, decision = self._decisions.get(key, (0.0, None))
        return decision if time.monotonic() < until else None

    def remember(self, key: Key, decision: Decision) -> None:
        """Keep the decision that allowed a call."""
        if len(self._decisions) >= MOST:
            self._decisions.clear()
        self._decisions[key] = time.monotonic() + SECONDS, decision

    def forget_before(self, context: ServiceCall) -> None:
        """Forget all decisions if a call may change a policy."""
        service, name = context.service.service_name, context.operation.name
        if service in CHANGING and (service, name) not in DECIDING and not name.startswith(READS):
            self._decisions.clear()


def key_of(caller: Caller, context: ServiceCall) -> Key | None:
    """What decides a call; None for one that is always evaluated."""
    name = context.operation.name
    deciding = DECIDING.get((context.service.service_name, name))
    if deciding is None:
        return None
    params, identity = context.service_request, caller.identity
    return (
        *(name, context.account_id, context.region),
        *(caller.principal.name, caller.source, identity and identity.secret),
        *(params.get(one) for one in deciding),
    )
