"""Refuses, before a service sees it, what AWS's would refuse."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from localstack.aws.api import CommonServiceException
from localstack.runtime.hooks import on_infra_start
from mailroom_rules.states import (
    Diagnostic,
    diagnose,
    refusal_message,
)

from mailroom_localstack.services.cloudformation.stack_updates import look_at_stack_update
from mailroom_localstack.services.lambda_.event_source_limits import look_at_event_source
from mailroom_localstack.services.sns.filters import look_at_filters
from mailroom_localstack.services.sqs.queue_limits import look_at_queue
from mailroom_localstack.services.stepfunctions.execution_limits import look_at_execution

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext
    from localstack.aws.chain import HandlerChain
    from localstack.http import Response

CREATES = {"CreateStateMachine", "UpdateStateMachine"}
VALIDATES = "ValidateStateMachineDefinition"


# After `validation`: what stands here may rely on what a request has to have.
AFTER_VALIDATION = -20


@on_infra_start(priority=AFTER_VALIDATION)
def refuse_what_aws_refuses() -> None:
    """Look at every request before its service does."""
    from localstack.aws import handlers

    for look in (
        look_at_state_machine,
        look_at_execution,
        look_at_stack_update,
        look_at_queue,
        look_at_event_source,
        look_at_filters,
    ):
        handlers.serve_custom_service_request_handlers.append(look)


def look_at_state_machine(chain: HandlerChain, context: RequestContext, response: Response) -> None:
    """Refuse a definition with a transition to nowhere, a state that nothing leads to, or no end.

    Raises:
        CommonServiceException: InvalidDefinition, as CreateStateMachine answers.
    """
    if context.service is None or context.service.service_name != "stepfunctions":
        return
    mend_lambda_errors()
    operation = context.operation.name
    if operation not in CREATES and operation != VALIDATES:
        return
    found = _diagnose(context.service_request.get("definition"))
    if found and operation in CREATES:
        raise CommonServiceException("InvalidDefinition", refusal_message(found), 400, True)
    if found:
        _answer(chain, context, response, found)


def mend_lambda_errors() -> None:
    """Name a refusal as Step Functions does; calling it again does nothing.

    It knows the errors of Lambda's API, and calls the others by the name of all of them, as in
    awslabs/aws-deployment-framework#460.
    """
    from localstack.services.stepfunctions.asl.component.state.state_execution.state_task.service import (  # noqa: E501
        state_task_service_lambda,
    )

    task = state_task_service_lambda.StateTaskServiceLambda
    original = task._error_cause_from_client_error
    if original is named_as_lambda_exception:
        return
    global _error_cause
    _error_cause = original
    task._error_cause_from_client_error = staticmethod(named_as_lambda_exception)


def named_as_lambda_exception(error: Any) -> tuple[str, str]:
    """The name and the cause of an error of Lambda's API."""
    name, cause = _error_cause(error)
    if name == "Lambda.AccessDeniedException":
        return "Lambda.AWSLambdaException", cause
    return name, cause


def _diagnose(definition: str | None) -> list[Diagnostic]:
    """What isn't JSON, or isn't a definition at all, LocalStack refuses itself."""
    try:
        return diagnose(json.loads(definition or "{}"))
    except (ValueError, AttributeError, TypeError):
        return []


def _answer(
    chain: HandlerChain, context: RequestContext, response: Response, found: list[Diagnostic]
) -> None:
    from localstack.aws.protocol.serializer import create_serializer

    context.service_response = {
        "result": "FAIL",
        "diagnostics": [
            {
                "severity": "ERROR",
                "code": one.code,
                "message": one.message,
                **({"location": one.location} if one.location else {}),
            }
            for one in found
        ],
        "truncated": False,
    }
    serializer = create_serializer(context.service, context.protocol)
    response.update_from(
        serializer.serialize_to_response(
            context.service_response, context.operation, context.request.headers, context.request_id
        )
    )
    chain.stop()


_error_cause: Any
