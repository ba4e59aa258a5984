"""Lambda refuses a queue as event source that hides messages for less than the function's time.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstack.aws.api import CommonServiceException

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext


def look_at_event_source(_chain: object, context: RequestContext, _response: object) -> None:
    """Refuse it.

    Raises:
        CommonServiceException: InvalidParameterValueException, as CreateEventSourceMapping answers.
    """
    if context.service is None or context.service.service_name != "lambda":
        return
    if context.operation.name != "CreateEventSourceMapping":
        return
    request = context.service_request
    function = _function(context, request["FunctionName"])
    queue = _queue(request.get("EventSourceArn") or "")
    if function is None or queue is None:
        return
    hidden, time = int(queue.visibility_timeout), int(function.latest().config.timeout)
    if hidden < time:
        raise CommonServiceException(
            "InvalidParameterValueException",
            f"Queue visibility timeout: {hidden} seconds is less than Function timeout:"
            f" {time} seconds",
            400,
            True,
        )


def _function(context: RequestContext, function: str) -> Any:
    from localstack.services.lambda_.invocation.models import lambda_stores

    name = function.split(":function:")[-1].split(":")[0]
    return lambda_stores[context.account_id][context.region].functions.get(name)


def _queue(arn: str) -> Any:
    from localstack.services.sqs.models import sqs_stores

    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "sqs":
        return None
    return sqs_stores[parts[4]][parts[3]].queues.get(parts[5])
