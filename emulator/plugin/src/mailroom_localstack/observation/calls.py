"""The handlers in LocalStack's chain that record each call, and what it did to messages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

from mailroom_localstack.observation.counters import COUNTERS
from mailroom_localstack.observation.current import CURRENT, ENVIRONMENTS, TRACE_HEADER
from mailroom_localstack.observation.marks import Mark, mark_of
from mailroom_localstack.observation.observed_call import Call, queue_arn
from mailroom_localstack.observation.queue_events import (
    record_deletions,
    record_receives,
    record_sends,
)
from mailroom_localstack.observation.ring import RING, Event
from mailroom_localstack.observation.text import machine_of, records_of
from mailroom_localstack.observation.topic_events import record_delivery, record_publication
from mailroom_localstack.service_call import ServiceCall

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

# The account of the queues that LocalStack's Lambda keeps asynchronous invocations in.
INTERNAL = "949334387222"
BEGAN = "mailroom_began"
# The console has this header in calls that only read: they would fill the page that shows calls.
LOOKING = "X-Mailroom-Console"
LONGEST_MESSAGE = 2_000
# The parameters that name a call's resource, the most telling first.
ARNS = (
    *("TopicArn", "FunctionArn", "stateMachineArn", "executionArn", "EventSourceArn"),
    *("RoleArn", "SubscriptionArn", "SourceArn", "TargetArn"),
)


def begin(chain: object, context: RequestContext, response: object) -> None:
    """Note when a call began."""
    setattr(context, BEGAN, time.time())
    CURRENT.received = None


def end(chain: object, context: RequestContext, response: Any) -> None:
    """Record a call that has ended."""
    began = getattr(context, BEGAN, None)
    if began is None or context.operation is None or context.service is None:
        return
    call = cast(ServiceCall, context)
    mark = mark_of(call)
    observed = Call(
        call,
        service=call.service.service_name.removesuffix("-query"),
        at=began,
        status=response.status_code,
        mark=mark,
        trace=call.request.headers.get(TRACE_HEADER),
        **_caller(call, mark),
    )
    _count(observed)
    idle = _record_messages(observed) or LOOKING in call.request.headers
    _record_call(observed, idle)


def _count(call: Call) -> None:
    """Count a call that has succeeded, also one that found nothing: AWS bills it."""
    if call.status < 400 and call.context.account_id != INTERNAL:
        what = f"{call.service}:{call.context.operation.name}"
        COUNTERS.add("call", machine_of(call.source), what)


def _record_messages(call: Call) -> bool:
    """Record what a call did to messages; returns whether it found none to receive."""
    context = call.context
    if context.account_id == INTERNAL:
        return True
    params, result = context.service_request or {}, context.service_response or {}
    ok = call.status < 400
    if CURRENT.delivery is not None:
        record_delivery(call, CURRENT.delivery, params, result, ok)
        return False
    operation = context.operation.name
    if call.service == "sns" and ok and operation in ("Publish", "PublishBatch"):
        record_publication(call, params, result)
    elif call.service == "sqs" and ok:
        if operation == "ReceiveMessage":
            return not record_receives(call, params)
        if operation in ("SendMessage", "SendMessageBatch"):
            record_sends(call, params, result)
        elif operation in ("DeleteMessage", "DeleteMessageBatch"):
            record_deletions(call, params, result)
    return False


def _caller(call: ServiceCall, mark: Mark) -> dict[str, str | None]:
    internal = call.internal_request_params or {}
    running = ENVIRONMENTS.of_header(call.request.headers.get("Authorization"))
    caller = mark.caller
    if caller is None and not call.is_internal_call:
        caller = f"arn:{call.partition}:iam::{call.account_id}:root"
    source = internal.get("source_arn") or (CURRENT.execution if call.is_internal_call else None)
    if running is not None:
        source = running.function
    return {
        "caller": caller,
        "source": source or (caller if call.is_internal_call else "client"),
        "invocation": running.request_id if running else None,
    }


def _record_call(observed: Call, idle: bool) -> None:
    """Record the call itself, unless LocalStack made it for itself, or it found nothing to do."""
    call, mark = observed.context, observed.mark
    failed = observed.status >= 400
    if not (failed or mark.refused) and (idle or observed.caller is None):
        return
    if mark.refused:
        COUNTERS.add("refused", observed.source, resource_of(observed))
    error = getattr(call, "service_exception", None)
    event: Event = {
        "kind": "call",
        "service": observed.service,
        "operation": call.operation.name,
        "caller": observed.caller,
        "resource": resource_of(observed),
        "status": observed.status,
        "error": _code(error) if failed else None,
        "message": _message(error) if failed else mark.message,
        "ms": round((time.time() - observed.at) * 1000, 1),
        "refused": mark.refused,
        "statement": mark.statement,
        "source": observed.source,
        "invocation": observed.invocation,
        "trace": observed.trace,
    }
    if failed and call.operation.name == "Invoke":
        event["records"] = records_of(call.request.get_data())[1]
    RING.add(lambda: [event], at=observed.at, minor=not (failed or mark.refused))


def resource_of(observed: Call) -> str | None:
    """ARN of what a call was about; None if its parameters name none."""
    call = observed.context
    params = call.service_request or {}
    if url := params.get("QueueUrl"):
        return queue_arn(call, url)
    for name in ARNS:
        if isinstance(found := params.get(name), str):
            return found
    if function := params.get("FunctionName"):
        if function.startswith("arn:"):
            return str(function)
        return f"arn:{call.partition}:lambda:{call.region}:{call.account_id}:function:{function}"
    if bucket := params.get("Bucket"):
        return f"arn:{call.partition}:s3:::{bucket}"
    found = params.get("SecretId") or params.get("logGroupName") or params.get("StackName")
    return found if isinstance(found, str) else None


def _code(error: Any) -> str | None:
    return getattr(error, "code", None) or (type(error).__name__ if error else None)


def _message(error: Any) -> str | None:
    text = str(getattr(error, "message", None) or error or "")
    return text[:LONGEST_MESSAGE] or None
