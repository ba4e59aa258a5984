"""Invocations: what Lambda takes, and what becomes of one while the function is updated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mailroom_localstack.executor.execution_environment import NeverStartedError
from mailroom_localstack.patches import patch

INVOCATION = "localstack.services.lambda_.invocation"
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_LIMITS = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}
SHUTTING_DOWN = "for a version shutting down"


@patch(f"{INVOCATION}.lambda_service:LambdaService.invoke")
def invoke_within_limits(original: Any, service: Any, *args: Any, **kwargs: Any) -> Any:
    """Refuse a payload that is too large, and invoke the new version while a function is updated.

    LocalStack: takes a payload of any size, and answers error 500 if the version that it has
    chosen ends before the invocation has begun.

    AWS: answers RequestTooLargeException to more than 6 MB, or 1 MB for an asynchronous
    invocation; an update interrupts no invocation.
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html

    Test: tests/integration/test_executor_limits.py::test_an_event_over_the_limit_is_refused
    """
    invocation_type = kwargs.get("invocation_type") or "RequestResponse"
    size, limit = len(kwargs.get("payload") or b""), PAYLOAD_LIMITS.get(invocation_type)
    if limit is not None and size > limit:
        from localstack.aws.api.lambda_ import RequestTooLargeException

        raise RequestTooLargeException(
            f"{size} byte payload is too large for the {invocation_type} invocation type"
            f" (limit {limit} bytes)",
            Type="User",
        )
    return invoke_current_version(original, service, *args, **kwargs)


def invoke_current_version[T](invoke: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Invoke a function, and once more if the chosen version ended before it had begun."""
    try:
        return invoke(*args, **kwargs)
    except Exception as error:
        never_started = isinstance(error.__cause__ or error, NeverStartedError)
        if not (never_started or SHUTTING_DOWN in str(error)):
            raise
    return invoke(*args, **kwargs)
