"""What is mended in how LocalStack replaces and removes versions of a function.

- An update stops the old version's environments and deletes its code while invocations are at
  work in them: LocalStack logs an error, and what they import later is gone. Lambda lets them end.
- An invocation that has chosen the old version just before gets an error 500.
- A function that could not be created can't be deleted, nor can a stack that has one.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from mailroom_localstack.executor.code_folders import CodeFolders
from mailroom_localstack.services.lambda_.superseded_versions import invoke_what_is_there

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
    from localstack.services.lambda_.invocation.lambda_models import S3Code
    from localstack.services.lambda_.invocation.lambda_service import LambdaService

FOLDERS = CodeFolders()


def mend_rollover() -> None:
    """Lets invocations end after an update, and failed functions be deleted; once is enough."""
    from localstack.services.lambda_.invocation import execution_environment as environments
    from localstack.services.lambda_.invocation import lambda_models, lambda_service

    global _invoke, _release, _stop_version
    if environments.ExecutionEnvironment.release is release:
        return
    _release = environments.ExecutionEnvironment.release
    _stop_version = lambda_service.LambdaService.stop_version
    _invoke = lambda_service.LambdaService.invoke
    lambda_service.LambdaService.invoke = invoke
    environments.ExecutionEnvironment.release = release
    lambda_service.LambdaService.stop_version = stop_version
    lambda_models.S3Code.destroy_cached = destroy_cached


def invoke(service: LambdaService, *args: Any, **kwargs: Any) -> Any:
    """Invokes a function, in whichever version is there."""
    return invoke_what_is_there(_invoke, service, *args, **kwargs)


def release(environment: ExecutionEnvironment) -> None:
    """Gives an environment back, unless it was stopped while it worked."""
    from localstack.services.lambda_.invocation.execution_environment import RuntimeStatus

    with environment.status_lock:
        if environment.status != RuntimeStatus.STOPPED:
            _release(environment)


def stop_version(service: LambdaService, qualified_arn: str) -> None:
    """Stops a version, if it ever was there."""
    with contextlib.suppress(ValueError):
        _stop_version(service, qualified_arn)


def destroy_cached(code: S3Code) -> None:
    """Removes unpacked code when nobody works with it any more."""
    folder = code.get_unzipped_code_location()
    FOLDERS.remove(folder, folder.parent)


_invoke: Any
_release: Any
_stop_version: Any
