"""Execution environments are bounded by this machine's memory."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.support.engine import running_engine
from tests.support.functions import making_functions
from tests.support.meeting import HERE, Meeting

PID = "import os\ndef handler(event, context): return os.getpid()"
WAITS = """
    from meeting import here

    def handler(event, context):
        here(event)
"""


@pytest.fixture(autouse=True)
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """More memory is to stay free than the machine has."""
    monkeypatch.setenv("MAILROOM_SPARE_MEMORY_MB", str(1 << 30))


def test_an_idle_environment_ends_when_another_needs_its_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        running_engine(tmp_path, monkeypatch) as engine,
        making_functions(engine.session) as functions,
    ):
        idle = functions.make(PID)
        before = idle.invoke().value
        assert idle.invoke().value == before

        other = functions.make(PID).invoke().value

        assert not psutil.pid_exists(before)
        assert psutil.pid_exists(other)


def test_what_has_no_memory_beside_functions_at_work_is_throttled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        ThreadPoolExecutor() as pool,
        Meeting("127.0.0.1") as meeting,
        running_engine(tmp_path, monkeypatch) as engine,
        making_functions(engine.session) as functions,
    ):
        at_work = functions.make(WAITS, modules={"meeting": HERE})
        other = functions.make(PID)
        working = pool.submit(at_work.invoke, meeting.address)
        meeting.arrival()

        with pytest.raises(ClientError) as refused:
            other.invoke()
        meeting.end()

        assert working.result().error is None
        assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
        assert dict(refused.value.response)["Reason"] == "ConcurrentInvocationLimitExceeded"
        assert isinstance(other.invoke().value, int)
