"""Definitions of state machines that Step Functions refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailroom_rules.states import Definition, Diagnostic, refusal_message, refusals

from mailroom_localstack.patches import check, patch
from mailroom_localstack.services.stepfunctions.sdk_calls import unknown_calls

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

PROVIDER = "localstack.services.stepfunctions.provider:StepFunctionsProvider"


@check("stepfunctions", "CreateStateMachine", "UpdateStateMachine")
def refuse_invalid_definitions(context: ServiceCall) -> None:
    """Refuse a definition that AWS refuses: its graph, its fields, and what its tasks call.

    LocalStack: checks the syntax, and creates a state machine whose executions then fail.

    AWS: answers InvalidDefinition.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html

    Test: tests/parity/test_definitions.py::test_an_invalid_definition_is_refused
    """
    request = context.service_request
    express = request.get("type") == "EXPRESS"
    if context.operation.name == "UpdateStateMachine":
        express = _is_express(context)
    if found := _diagnose(request.get("definition"), express):
        from localstack.aws.api import CommonServiceException

        raise CommonServiceException("InvalidDefinition", refusal_message(found), 400, True)


@patch(f"{PROVIDER}.validate_state_machine_definition")
def diagnose_invalid_definitions(
    original: Any, provider: Any, context: Any, request: Any, **options: Any
) -> Any:
    """Diagnose what CreateStateMachine would refuse.

    LocalStack: answers that the definition is valid.

    AWS: answers FAIL, with a diagnostic for each error.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html

    Test: tests/parity/test_definitions.py::test_an_invalid_definition_is_diagnosed
    """
    found = _diagnose(request.get("definition"), request.get("type") == "EXPRESS")
    if not found:
        return original(provider, context, request, **options)
    diagnostics = [
        {"severity": "ERROR", "code": one.code, "message": one.message}
        | ({"location": one.location} if one.location else {})
        for one in found
    ]
    return {"result": "FAIL", "diagnostics": diagnostics, "truncated": False}


def _diagnose(text: str | None, express: bool) -> list[Diagnostic]:
    """What is wrong; LocalStack itself refuses what isn't JSON, or isn't a definition."""
    try:
        body = json.loads(text or "{}")
        found = refusals(body, express=express)
        return [*found, *unknown_calls(Definition(body, express))]
    except (ValueError, AttributeError, TypeError):
        return []


def _is_express(context: ServiceCall) -> bool:
    from localstack.services.stepfunctions.backend.store import sfn_stores

    machines = sfn_stores[context.account_id][context.region].state_machines
    machine = machines.get(context.service_request.get("stateMachineArn", ""))
    return machine is not None and str(machine.sm_type) == "EXPRESS"
