"""UpdateStack with nothing to update fails, and so does the update of what was never created.

LocalStack knows the first too, but not of a template with a transform: it compares what was
written with what came of it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from localstack.aws.api import CommonServiceException

if TYPE_CHECKING:
    from localstack.aws.api import RequestContext

NOTHING_TO_DO = "No updates are to be performed."
NEVER_CREATED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


def look_at_stack_update(_chain: object, context: RequestContext, _response: object) -> None:
    """Refuse an update to the same template, parameters and tags, or of what rolled back.

    Raises:
        CommonServiceException: ValidationError, as UpdateStack and CreateChangeSet answer.
    """
    if context.service is None or context.service.service_name != "cloudformation":
        return
    operation, request = context.operation.name, context.service_request
    plans = operation == "CreateChangeSet" and request.get("ChangeSetType", "UPDATE") == "UPDATE"
    if operation != "UpdateStack" and not plans:
        return
    stack = _active_stack(context, request.get("StackName", ""))
    if stack is None:
        return
    if stack.status in NEVER_CREATED:
        refusal = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        raise CommonServiceException("ValidationError", refusal, 400, True)
    if not plans and _is_same(stack, request):
        raise CommonServiceException("ValidationError", NOTHING_TO_DO, 400, True)


def _active_stack(context: RequestContext, name: str) -> Any:
    from localstack.services.cloudformation.stores import get_cloudformation_store

    stacks = get_cloudformation_store(context.account_id, context.region).stacks_v2
    return next(
        (
            stack
            for arn, stack in list(stacks.items())
            if name in (arn, stack.stack_name) and not stack.status.startswith("DELETE")
        ),
        None,
    )


def _is_same(stack: Any, request: Mapping[str, Any]) -> bool:
    template = request.get("TemplateBody")
    if template is None and not request.get("UsePreviousTemplate"):
        return False
    same_template = template is None or template == stack.template_body
    tags = request.get("Tags")
    same_tags = tags is None or _pairs(tags) == _pairs(stack.tags)
    return same_template and same_tags and _same_parameters(stack, request.get("Parameters") or [])


def _same_parameters(stack: Any, given: Iterable[Mapping[str, Any]]) -> bool:
    """A parameter that isn't given has its default, whatever it had before."""
    before = stack.resolved_parameters or {}
    values = {
        parameter["ParameterKey"]: parameter.get("ParameterValue")
        for parameter in given
        if not parameter.get("UsePreviousValue")
    }
    kept = {one["ParameterKey"] for one in given if one.get("UsePreviousValue")}
    return all(
        name in kept
        or values.get(name, parameter.get("default_value"))
        == (parameter.get("given_value") or parameter.get("default_value"))
        for name, parameter in before.items()
    )


def _pairs(tags: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    return sorted((tag["Key"], tag["Value"]) for tag in tags)
