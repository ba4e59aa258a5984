"""Event source mappings, which need a role that may read the queue.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

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
    """The role that would read the queue, each permission for that, and the error without it.

    Yields nothing for other calls, for a source that isn't a queue, or for an unknown function.
    """
    if context.service.service_name != "lambda" or context.operation.name != CREATES:
        return
    queue = context.service_request.get("EventSourceArn") or ""
    function = function_of(context, context.service_request["FunctionName"])
    if function is None or queue.split(":")[2:3] != ["sqs"]:
        return
    identity = identities.session_of(function.latest().config.role, context.partition)
    caller = Caller(identity.principal, identity)
    for action in READS:
        message = f"The function execution role does not have permissions to call {action} on SQS"
        refusal = Refusal("InvalidParameterValueException", 400, message)
        yield caller, Permission(f"sqs:{action}", queue), refusal


def function_of(context: ServiceCall, function: str) -> Any:
    """LocalStack's function of a name or an ARN; None if there is none."""
    from localstack.services.lambda_.invocation.models import lambda_stores

    name = function.split(":function:")[-1].split(":")[0]
    return lambda_stores[context.account_id][context.region].functions.get(name)
