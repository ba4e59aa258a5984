"""Execution environments are bounded by this machine's memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psutil

from mailroom_localstack.executor.processes.memory import MEGABYTE
from mailroom_localstack.patches import patch

if TYPE_CHECKING:
    from localstack.services.lambda_.invocation.assignment import AssignmentService
    from localstack.services.lambda_.invocation.execution_environment import ExecutionEnvironment

INVOCATION = "localstack.services.lambda_.invocation"
SPARE_VARIABLE = "MAILROOM_SPARE_MEMORY_MB"
SPARE_MEGABYTES = 512


@patch(f"{INVOCATION}.assignment:AssignmentService.start_environment")
def start_environments_while_there_is_memory(
    original: Any, service: AssignmentService, *args: Any, **kwargs: Any
) -> ExecutionEnvironment:
    """End idle execution environments while memory is short, then throttle invocations.

    LocalStack: starts an execution environment for each concurrent invocation, and keeps each for
    ten minutes: fifty executions at once took 9.6 GiB.

    AWS: keeps no promise how long an idle environment stays
    (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html), and throttles
    what is over the account's concurrency
    (https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html).

    Test: tests/integration/test_machine_memory.py
    test_an_idle_environment_ends_when_another_needs_its_memory
    """
    idle = _idle(service)
    while _is_short() and (environment := next(idle, None)):
        service.stop_environment(environment)
    if _is_short() and any(service.environments.values()):
        from localstack.aws.api.lambda_ import ThrottleReason, TooManyRequestsException

        raise TooManyRequestsException(
            "Rate Exceeded.",
            Reason=ThrottleReason.ConcurrentInvocationLimitExceeded,
            Type="User",
        )
    started: ExecutionEnvironment = original(service, *args, **kwargs)
    return started


def _is_short() -> bool:
    spare = int(os.environ.get(SPARE_VARIABLE) or SPARE_MEGABYTES)
    available: int = psutil.virtual_memory().available
    return available < spare * MEGABYTE


def _idle(service: AssignmentService) -> Iterator[ExecutionEnvironment]:
    """The environments that wait for an invocation, each reserved; the longest idle first."""
    from localstack.services.lambda_.invocation.execution_environment import InvalidStatusException
    from localstack.services.lambda_.invocation.lambda_models import InitializationType

    versions = list(service.environments.values())
    known = [environment for version in versions for environment in list(version.values())]
    for environment in sorted(known, key=lambda environment: environment.last_returned):
        if environment.initialization_type is not InitializationType.on_demand:
            continue
        try:
            environment.reserve()
        except InvalidStatusException:
            continue
        yield environment
