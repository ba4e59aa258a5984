"""Definitions of state machines that Step Functions refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailroom_rules.states import Diagnostic, diagnose, refusal_message

from mailroom_localstack.patches import check, patch

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

PROVIDER = "localstack.services.stepfunctions.provider:StepFunctionsProvider"


@check("stepfunctions", "CreateStateMachine", "UpdateStateMachine")
def refuse_broken_transitions(context: ServiceCall) -> None:
    """Refuse a definition with a missing target, an unreachable state or no end.

    LocalStack: creates the state machine, whose executions then fail.

    AWS: answers InvalidDefinition.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html

    Test: tests/integration/test_limits.py::test_a_state_machine_that_goes_nowhere_is_not_created
    """
    found = _diagnose(context.service_request.get("definition"))
    if found:
        from localstack.aws.api import CommonServiceException

        raise CommonServiceException("InvalidDefinition", refusal_message(found), 400, True)


@patch(f"{PROVIDER}.validate_state_machine_definition")
def diagnose_broken_transitions(
    original: Any, provider: Any, context: Any, request: Any, **options: Any
) -> Any:
    """Diagnose a missing target, an unreachable state and a missing end.

    LocalStack: answers that the definition is valid.

    AWS: answers FAIL, with a diagnostic for each of them.
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html

    Test: tests/integration/test_limits.py::test_a_state_machine_that_goes_nowhere_is_not_valid
    """
    found = _diagnose(request.get("definition"))
    if not found:
        return original(provider, context, request, **options)
    diagnostics = [
        {"severity": "ERROR", "code": one.code, "message": one.message}
        | ({"location": one.location} if one.location else {})
        for one in found
    ]
    return {"result": "FAIL", "diagnostics": diagnostics, "truncated": False}


def _diagnose(definition: str | None) -> list[Diagnostic]:
    """What is wrong; LocalStack itself refuses what isn't JSON, or isn't a definition."""
    try:
        return diagnose(json.loads(definition or "{}"))
    except (ValueError, AttributeError, TypeError):
        return []
