"""How many executions LocalStack remembers."""

import contextlib
from collections.abc import MutableMapping
from threading import Thread
from typing import Any

from mailroom_localstack.durability.stored_executions import MOST
from mailroom_localstack.patches import patch
from mailroom_localstack.services.stepfunctions.durability import forget_execution

# An execution's status until it has ended: none before its first state.
NOT_ENDED = (None, "RUNNING")


@patch("localstack.services.stepfunctions.backend.execution:Execution.start")
def keep_last_executions(original: Any, execution: Any) -> None:
    """Keep the last thousand executions that have ended, and no thread that has ended.

    LocalStack: keeps all executions and their threads until it ends.

    AWS: keeps an execution for 90 days; DescribeExecution then answers ExecutionDoesNotExist.
    https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html

    Test: tests/faults/test_memory.py::test_executions_that_ended_long_ago_are_forgotten
    """
    from localstack.services.stepfunctions.backend.store import sfn_stores
    from localstack.utils.threads import TMP_THREADS

    original(execution)
    store = sfn_stores[execution.account_id][execution.region_name]
    for arn in delete_ended_executions(store.executions, MOST):
        forget_execution(arn)
    delete_ended_threads(TMP_THREADS)


def delete_ended_executions(executions: MutableMapping[str, Any], kept: int) -> list[str]:
    """Delete the oldest executions that have ended; their ARNs.

    Args:
        executions: by ARN, the oldest first.
        kept: how many of those that have ended stay.
    """
    ended = [arn for arn, one in list(executions.items()) if one.exec_status not in NOT_ENDED]
    deleted = ended[: max(0, len(ended) - kept)]
    for arn in deleted:
        executions.pop(arn, None)
    return deleted


def delete_ended_threads(threads: list[Any]) -> None:
    """Delete the threads that have ended, and nothing else from the list."""
    for thread in [one for one in threads if isinstance(one, Thread)]:
        if thread.ident is not None and not thread.is_alive():
            with contextlib.suppress(ValueError):
                threads.remove(thread)
