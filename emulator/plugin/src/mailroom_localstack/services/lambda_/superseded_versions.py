"""What becomes of an invocation that chose a version of a function in the moment of its end."""

from collections.abc import Callable
from typing import Any

from mailroom_localstack.executor.execution_environment import NeverStartedError

SHUTTING_DOWN = "for a version shutting down"


def invoke_what_is_there[T](invoke: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Invokes a function, and once more if the chosen version ended before it had begun."""
    try:
        return invoke(*args, **kwargs)
    except Exception as error:
        never_started = isinstance(error.__cause__ or error, NeverStartedError)
        if not (never_started or SHUTTING_DOWN in str(error)):
            raise
    return invoke(*args, **kwargs)
