"""What is mended in LocalStack's Lambda service, whichever executor it uses.

The hook runs as each function version comes up, so that LocalStack's own start doesn't pay for
the import of its Lambda service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from localstack.runtime.hooks import hook
from localstack.services.lambda_.hooks import HOOKS_LAMBDA_INJECT_LDM_PROVISIONER

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment
    from localstack.services.lambda_.invocation.lambda_service import LambdaService
    from localstack.services.lambda_.invocation.version_manager import LambdaVersionManager

METRIC_THREADS = "record-cloudwatch-metric"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_LIMITS = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}


@hook(HOOKS_LAMBDA_INJECT_LDM_PROVISIONER)
def mend_function_version(version: LambdaVersionManager) -> None:
    """Gives a function version its configured log group, batched logs and metrics, events as
    they were sent, and an orderly end."""
    from localstack.services.lambda_.invocation import (
        execution_environment,
        lambda_service,
        version_manager,
    )

    from mailroom_localstack.services.lambda_ import (
        event_sources,
        log_delivery,
        preinitialize,
        version_updates,
    )

    preinitialize.initialise_ahead(version)
    settings = version.function_version
    version.log_handler = log_delivery.BatchedLogHandler(settings.config.role, settings.id.region)
    execution_environment.ExecutionEnvironment.get_log_group_name = log_group_name
    if version_manager.start_thread is not start_thread:
        global _start_thread, _invoke
        _start_thread = version_manager.start_thread
        _invoke = lambda_service.LambdaService.invoke
        lambda_service.LambdaService.invoke = invoke
        version_manager.start_thread = start_thread
        version_manager.record_cw_metric_invocation = log_delivery.count_invocation
        version_manager.record_cw_metric_error = log_delivery.count_error
        event_sources.mend_event_sources()
        version_updates.mend_rollover()


def log_group_name(environment: ExecutionEnvironment) -> str:
    """The log group of the function's ``LoggingConfig``, which LocalStack passes over.

    See https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    version = environment.function_version
    configured = (version.config.logging_config or {}).get("LogGroup")
    return configured or f"/aws/lambda/{version.id.function_name}"


def start_thread(method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Starts a thread, but not for a metric: to count is done at once."""
    if (kwargs.get("name") or "").startswith(METRIC_THREADS):
        return method()
    return _start_thread(method, *args, **kwargs)


def invoke(service: LambdaService, *args: Any, **kwargs: Any) -> Any:
    """Invokes a function unless its payload is larger than Lambda takes.

    Raises:
        RequestTooLargeException: as Lambda's API does.
    """
    from localstack.aws.api.lambda_ import RequestTooLargeException

    invocation_type = kwargs.get("invocation_type") or "RequestResponse"
    size, limit = len(kwargs.get("payload") or b""), PAYLOAD_LIMITS.get(invocation_type)
    if limit is not None and size > limit:
        raise RequestTooLargeException(
            f"{size} byte payload is too large for the {invocation_type} invocation type"
            f" (limit {limit} bytes)",
            Type="User",
        )
    return _invoke(service, *args, **kwargs)


_start_thread: Callable[..., Any]
_invoke: Callable[..., Any]
