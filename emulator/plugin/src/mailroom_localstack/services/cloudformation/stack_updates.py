"""Updates of stacks that CloudFormation refuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mailroom_localstack.patches import check

if TYPE_CHECKING:
    from mailroom_localstack.service_call import ServiceCall

NO_UPDATES = "No updates are to be performed."
NEVER_CREATED = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


@check("cloudformation", "UpdateStack")
def refuse_update_without_changes(context: ServiceCall) -> None:
    """Refuse an UpdateStack that changes neither template nor parameters nor tags.

    LocalStack: accepts it if the template has a transform: it compares the template as it was
    written with the template that the transform made.

    AWS: answers ValidationError, `No updates are to be performed.`
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html

    Test: tests/integration/test_limits.py::test_an_update_without_changes_fails
    """
    stack = _active_stack(context)
    if stack is not None and stack.status in NEVER_CREATED:
        raise _never_created(stack)
    if stack is not None and _is_same(stack, context.service_request):
        raise _invalid(NO_UPDATES)


@check("cloudformation", "CreateChangeSet")
def refuse_update_of_stack_never_created(context: ServiceCall) -> None:
    """Refuse to update a stack whose creation was rolled back.

    LocalStack: updates it.

    AWS: answers ValidationError; such a stack can only be deleted.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html

    Test: tests/integration/test_rollback.py
    test_a_creation_that_was_rolled_back_can_not_be_updated
    """
    if context.service_request.get("ChangeSetType", "UPDATE") != "UPDATE":
        return
    stack = _active_stack(context)
    if stack is not None and stack.status in NEVER_CREATED:
        raise _never_created(stack)


def _never_created(stack: Any) -> Exception:
    return _invalid(f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated.")


def _invalid(message: str) -> Exception:
    from localstack.aws.api import CommonServiceException

    return CommonServiceException("ValidationError", message, 400, True)


def _active_stack(context: ServiceCall) -> Any:
    from localstack.services.cloudformation.stores import get_cloudformation_store

    name = context.service_request.get("StackName", "")
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
    """Whether nothing changes; a parameter that isn't given has its default again."""
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
