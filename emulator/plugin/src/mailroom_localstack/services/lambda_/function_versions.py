"""Versions of functions: how they are replaced and removed, and when they are initialized."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mailroom_localstack.executor.code_folders import CODE_FOLDERS
from mailroom_localstack.patches import patch

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.lambda_models import VersionState
    from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

LOG = logging.getLogger(__name__)
INVOCATION = "localstack.services.lambda_.invocation"
# Logical ids of functions, of any stack, separated by commas.
PREINITIALIZED_VARIABLE = "LAMBDA_PROCESS_AHEAD"
_initializations: WeakKeyDictionary[LambdaVersionManager, threading.Thread] = WeakKeyDictionary()


@patch(f"{INVOCATION}.execution_environment:ExecutionEnvironment.release")
def let_invocations_end(original: Any, environment: Any) -> None:
    """Let an invocation end, with its code, when its function is updated.

    LocalStack: stops the environments of the old version and deletes its code while they work: it
    logs an error, and what the function imports later is gone.

    AWS: lets invocations of the old version end.
    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

    Test: tests/integration/test_executor_updates.py
    test_an_invocation_at_work_keeps_its_code_and_ends_well
    """
    from localstack.services.lambda_.invocation.execution_environment import RuntimeStatus

    with environment.status_lock:
        if environment.status != RuntimeStatus.STOPPED:
            original(environment)


@let_invocations_end.also(f"{INVOCATION}.lambda_models:S3Code.destroy_cached")
def keep_code_in_use(original: Any, code: Any) -> None:
    """Remove unpacked code when no execution environment uses it any more."""
    folder = code.get_unzipped_code_location()
    CODE_FOLDERS.remove(folder, folder.parent)


@patch(f"{INVOCATION}.lambda_service:LambdaService.stop_version")
def delete_failed_functions(original: Any, service: Any, qualified_arn: str) -> None:
    """Delete a function that failed to be created, and a stack that has one.

    LocalStack: fails to delete a function without a running version.

    AWS: deletes it.
    https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html

    Test: tests/integration/test_executor_refusals.py
    test_a_stack_with_a_runtime_that_is_not_there_fails_with_the_reason
    """
    with contextlib.suppress(ValueError):
        original(service, qualified_arn)


@patch(f"{INVOCATION}.version_manager:LambdaVersionManager.start")
def preinitialize_functions(original: Any, version: LambdaVersionManager) -> VersionState:
    """Initialize the functions of `LAMBDA_PROCESS_AHEAD` as soon as they are created.

    LocalStack: initializes an execution environment when its function is invoked; Lambda may do so
    before (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).

    Saves: 0.3 s of a first `up`'s time, together with `create_functions_first`.

    Test: tests/integration/test_executor_ahead.py::test_it_begins_before_it_is_invoked
    """
    from localstack.aws.api.lambda_ import State

    state: VersionState = original(version)
    name = version.function_version.id.function_name
    chosen = os.environ.get(PREINITIALIZED_VARIABLE, "").split(",")
    if state.state == State.Active and any(one and f"-{one}-" in name for one in chosen):
        initialization = threading.Thread(target=_initialize, args=[version], daemon=True)
        _initializations[version] = initialization
        initialization.start()
    return state


@preinitialize_functions.also(f"{INVOCATION}.version_manager:LambdaVersionManager.invoke")
def await_initialization(original: Any, version: LambdaVersionManager, *, invocation: Any) -> Any:
    """Let an invocation that comes during the initialization wait for it, not begin another."""
    if initialization := _initializations.pop(version, None):
        initialization.join()
    return original(version, invocation=invocation)


def _initialize(version: LambdaVersionManager) -> None:
    from localstack.services.lambda_.invocation.lambda_models import InitializationType

    from mailroom_localstack.executor.process_executor import ProcessRuntimeExecutor

    try:
        with version.assignment_service.get_environment(
            version.id, version.function_version, InitializationType.on_demand
        ) as environment:
            if isinstance(environment.runtime_executor, ProcessRuntimeExecutor):
                environment.runtime_executor.initialize()
    except Exception:
        # The first invocation meets the same error, and its caller gets it.
        LOG.debug("%s was not initialized ahead", version.function_arn, exc_info=True)
