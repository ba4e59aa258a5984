"""An invocation that chose a version in the moment of its end gets the next one."""

import pytest
from mailroom_localstack.executor.execution_environment import (
    EnvironmentStoppedError,
    NeverStartedError,
)
from mailroom_localstack.services.lambda_.invocations import invoke_current_version


class Versions:
    """A function whose old version fails, and whose new one doesn't."""

    def __init__(self, error: Exception) -> None:
        self._error: Exception | None = error

    def invoke(self, event: str) -> str:
        error, self._error = self._error, None
        if error is not None:
            raise error
        return f"new version: {event}"


def test_what_never_started_is_invoked_once_more() -> None:
    wrapped = ValueError("Could not start new environment")
    wrapped.__cause__ = NeverStartedError("its code is gone")
    refused = ValueError("Got an invocation for a version shutting down")

    for error in (NeverStartedError("stopped"), wrapped, refused):
        assert invoke_current_version(Versions(error).invoke, "event") == "new version: event"


@pytest.mark.parametrize("error", [EnvironmentStoppedError("at work"), ValueError("other")])
def test_what_may_have_started_is_not_repeated(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        invoke_current_version(Versions(error).invoke, "event")
