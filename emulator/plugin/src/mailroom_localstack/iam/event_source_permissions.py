"""An event source mapping is created only if the function's role may read the queue.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mailroom_rules.actions import Permission, Refusal

from mailroom_localstack.iam.caller import Caller
from mailroom_localstack.iam.identities import Identities

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

CREATES = "CreateEventSourceMapping"
READS = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def readings(
    context: ServiceCall, identities: Identities
) -> Iterator[tuple[Caller, Permission, Refusal]]:
    """Whom Lambda would read a queue as, what that takes, and what the creator is told without it.

    Nothing for another call, for a source that isn't a queue, and where there is no such function.
    """
    if context.service.service_name != "lambda" or context.operation.name != CREATES:
        return
    queue = context.service_request.get("EventSourceArn") or ""
    role = _role_of(context, context.service_request["FunctionName"])
    if role is None or queue.split(":")[2:3] != ["sqs"]:
        return
    identity = identities.session_of(role, context.partition)
    caller = Caller(identity.principal, identity)
    for action in READS:
        message = f"The function execution role does not have permissions to call {action} on SQS"
        refusal = Refusal("InvalidParameterValueException", 400, message)
        yield caller, Permission(f"sqs:{action}", queue), refusal


def _role_of(context: ServiceCall, function: str) -> str | None:
    from localstack.services.lambda_.invocation.models import lambda_stores

    name = function.split(":function:")[-1].split(":")[0]
    found = lambda_stores[context.account_id][context.region].functions.get(name)
    if found is None:
        return None
    role: str = found.latest().config.role
    return role
