"""Stacks that roll back what failed. The package `rollback` does the work."""

from __future__ import annotations

from typing import Any

from mailroom_localstack.patches import patch, replacement

PROVIDER = "localstack.services.cloudformation.v2.provider"
PREPROCESSING = "localstack.services.cloudformation.engine.v2.change_set_model_preproc"


@replacement(f"{PROVIDER}:ChangeSetModelExecutor")
def roll_back_failed_changes(original: Any) -> Any:
    """Undo the changes of a stack whose creation or update fails, the last one first.

    A resource also fails whose properties its type's schema doesn't allow (`resource_schemas`).

    LocalStack: keeps what a failed creation has created. After a failed update it deletes what the
    update would have replaced or removed, and keeps the rest of the update. It ignores properties
    that it doesn't know.

    AWS: deletes what a failed creation has created, and restores what a failed update has changed.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html

    Test: tests/integration/test_rollback.py::test_create_stack_and_update_stack_roll_back_too
    """
    from mailroom_localstack.services.cloudformation.rollback.change_set_executor import (
        RollbackExecutor,
    )

    return RollbackExecutor


@replacement(f"{PROVIDER}:Stack")
def keep_status_of_failure(original: Any) -> Any:
    """Keep the status that a failed creation, update or deletion has left.

    LocalStack: sets CREATE_COMPLETE, UPDATE_COMPLETE or DELETE_COMPLETE after any execution.

    AWS: keeps it until the next operation.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html

    Test: tests/integration/test_rollback.py
    test_a_change_set_leaves_a_stack_that_rolled_its_update_back_in_that_status
    """
    from mailroom_localstack.services.cloudformation.rollback.settled_stack import SettledStack

    return SettledStack


@patch(f"{PROVIDER}:CloudformationProviderV2.execute_change_set")
def follow_failure_options(
    original: Any, provider: Any, context: Any, *args: Any, **kw: Any
) -> Any:
    """Follow `DisableRollback`, `OnFailure=DO_NOTHING` and `RetainExceptOnCreate`.

    LocalStack: reads these options and doesn't use them.

    AWS: keeps what was created, or deletes it in spite of its deletion policy.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html

    Test: tests/integration/test_rollback.py
    test_a_creation_that_is_not_to_be_rolled_back_keeps_what_it_made
    """
    from mailroom_localstack.services.cloudformation.rollback import options

    options.remember(context.service_request)
    return original(provider, context, *args, **kw)


@follow_failure_options.also(f"{PROVIDER}:CloudformationProviderV2.create_stack")
def follow_options_of_creation(original: Any, provider: Any, context: Any, request: Any) -> Any:
    """Follow the options of CreateStack."""
    return follow_failure_options(original, provider, context, request)


@follow_failure_options.also(f"{PROVIDER}:CloudformationProviderV2.update_stack")
def follow_options_of_update(original: Any, provider: Any, context: Any, request: Any) -> Any:
    """Follow the options of UpdateStack."""
    return follow_failure_options(original, provider, context, request)


@patch(f"{PREPROCESSING}:ChangeSetModelPreproc.visit")
def evaluate_existing_resources(original: Any, visitor: Any, change_set_entity: Any) -> Any:
    """Evaluate what refers to a resource only where the resource's condition is true.

    LocalStack: evaluates the whole template before and after an update, and fails if a reference
    names a resource that exists only before or only after.

    AWS: evaluates a resource or output if its condition is true, and one value of Fn::If.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html

    Test: tests/integration/test_conditions.py
    test_what_a_condition_turns_off_is_deleted_and_what_it_turns_on_is_made
    """
    from mailroom_localstack.services.cloudformation.rollback.conditions import evaluate

    return evaluate(original, visitor, change_set_entity)
