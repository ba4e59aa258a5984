"""What a function's role must be allowed before Lambda takes a setting.

Event source mappings need a role that may read the queue, dead-letter targets and destinations one
that may send to them.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html#events-sqs-permissions
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
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
WITH_DEAD_LETTERS = {"CreateFunction", "UpdateFunctionConfiguration"}
WITH_DESTINATIONS = {"PutFunctionEventInvokeConfig", "UpdateFunctionEventInvokeConfig"}
ACTIONS = {
    "events": "PutEvents",
    "lambda": "InvokeFunction",
    "s3": "PutObject",
    "sns": "Publish",
    "sqs": "SendMessage",
}


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


def sendings(
    context: ServiceCall, identities: Identities
) -> Iterator[tuple[Caller, Permission, Refusal]]:
    """The role that would send, each permission for that, and Lambda's error without it.

    Yields nothing for other calls, for a role or function that doesn't exist, or without a target.
    """
    if context.service.service_name != "lambda":
        return
    operation, request = context.operation.name, context.service_request
    if operation in WITH_DEAD_LETTERS:
        role, target = _dead_letters(context, request)
        targets, whose = [target], "The provided execution role"
    elif operation in WITH_DESTINATIONS:
        role = getattr(_config(context, request), "role", None)
        targets, whose = list(_destinations(request)), "The function's execution role"
    else:
        return
    identity = identities.session_of(role, context.partition) if role else None
    if identity is None or identity.owner is None:
        return
    caller = Caller(identity.principal, identity)
    for target in dict.fromkeys(targets):
        service = _service(target)
        if action := ACTIONS.get(service.lower()):
            where = service if operation in WITH_DEAD_LETTERS else target
            message = f"{whose} does not have permissions to call {action} on {where}"
            permission = Permission(f"{service.lower()}:{action}", target)
            yield caller, permission, Refusal("InvalidParameterValueException", 400, message)


def _dead_letters(context: ServiceCall, request: Any) -> tuple[str | None, str]:
    """The role and the dead-letter target that a function would have."""
    config = _config(context, request)
    role = request.get("Role") or getattr(config, "role", None)
    given = request.get("DeadLetterConfig")
    if given is not None:
        return role, given.get("TargetArn") or ""
    return role, (request.get("Role") and getattr(config, "dead_letter_arn", None)) or ""


def _destinations(request: Any) -> Iterator[str]:
    for outcome in (request.get("DestinationConfig") or {}).values():
        if destination := outcome.get("Destination"):
            yield destination


def _config(context: ServiceCall, request: Any) -> Any:
    function = function_of(context, request["FunctionName"])
    return function and function.latest().config


def _service(arn: str) -> str:
    """The service of an ARN as Lambda's errors spell it; empty without an ARN."""
    return arn.split(":")[2].upper() if arn.count(":") >= 5 else ""


def function_of(context: ServiceCall, function: str) -> Any:
    """LocalStack's function of a name or an ARN; None if there is none."""
    from localstack.services.lambda_.invocation.models import lambda_stores

    name = function.split(":function:")[-1].split(":")[0]
    return lambda_stores[context.account_id][context.region].functions.get(name)
