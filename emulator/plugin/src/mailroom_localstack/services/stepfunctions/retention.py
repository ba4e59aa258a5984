"""What of executions LocalStack need not remember."""

import contextlib
from collections.abc import MutableMapping
from threading import Thread
from typing import Any

# An execution's status until it has ended: none before its first state.
RUNS = (None, "RUNNING")


def forget_ended(executions: MutableMapping[str, Any], kept: int) -> None:
    """Forget the oldest executions that have ended, but for so many.

    Args:
        executions: by ARN, the oldest first.
        kept: of those that have ended, so many are kept.
    """
    ended = [arn for arn, one in list(executions.items()) if one.exec_status not in RUNS]
    for arn in ended[: max(0, len(ended) - kept)]:
        executions.pop(arn, None)


def forget_threads(threads: list[Any]) -> None:
    """Forget the threads that have ended; those to come, and what is no thread, stay."""
    for thread in [one for one in threads if isinstance(one, Thread)]:
        if thread.ident is not None and not thread.is_alive():
            with contextlib.suppress(ValueError):
                threads.remove(thread)
