"""When LocalStack ends, however it ends, no process of a function and no folder is left."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.engine import running_engine
from tests.support.flow import until
from tests.support.functions import Function, Functions, make_role
from tests.support.meeting import HERE, Meeting

FAMILY = """
    import os, subprocess, sys, tempfile

    def handler(event, context):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        facts = [tempfile.gettempdir(), str(os.getpid()), str(child.pid)]
        if event:
            from meeting import here
            here(event, " ".join(facts))
        return facts
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=["stop", "kill -9"])
def test_no_process_and_no_folder_of_a_function_outlives_localstack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: signal.Signals
) -> None:
    with (
        ThreadPoolExecutor() as pool,
        Meeting("127.0.0.1") as meeting,
        running_engine(tmp_path, monkeypatch) as engine,
    ):
        functions = Functions(engine.session, make_role(engine.session))
        idle = functions.make(FAMILY, modules={"meeting": HERE}).invoke().value
        busy = functions.make(FAMILY, modules={"meeting": HERE})
        pool.submit(invoke_in_vain, busy, meeting.address)
        facts = [idle, meeting.arrival().split()]
        folders = [Path(folder) for folder, *_ in facts]
        processes = [psutil.Process(int(pid)) for _, *pids in facts for pid in pids]

        os.kill(engine.process.pid, end)

        until(lambda: not any(p.is_running() for p in processes), f"the end of {processes}", 20)
        until(lambda: not any(folder.exists() for folder in folders), f"the end of {folders}", 20)


def test_what_a_stopped_supervisor_leaves_ends_when_localstack_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_engine(tmp_path, monkeypatch) as engine:
        functions = Functions(engine.session, make_role(engine.session))
        _, *pids = functions.make(FAMILY).invoke().value
        left = [psutil.Process(int(pid)) for pid in pids]
        children = psutil.Process(engine.process.pid).children()
        [supervisor] = [p for p in children if "supervisor_process" in " ".join(p.cmdline())]
        supervisor.suspend()
        os.kill(engine.process.pid, signal.SIGKILL)
        until(lambda: not engine.process.alive(), "the end of LocalStack")
        assert all(process.is_running() for process in left)

        engine.server.stop()

        until(lambda: not any(p.is_running() for p in left), f"the end of {left}", 20)


def invoke_in_vain(function: Function, address: list[str | int]) -> None:
    """Invoke a function whose environment ends before it answers."""
    with suppress(BotoCoreError, ClientError):
        function.invoke(address)
