"""No process of a function outlives LocalStack, even one killed by kill -9."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from mailroom_localstack.executor.processes import supervisor_process

from .conftest import ROOT, Eventually

HOST = """
import pathlib, sys
from mailroom_localstack.executor.execution_environment import ExecutionEnvironment
from mailroom_localstack.executor.processes.supervisor import Supervisor
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.runtime_api import Event
from mailroom_localstack.executor.function_settings import FunctionSettings

settings = FunctionSettings(
    version="$LATEST", handler=sys.argv[1], interpreter=pathlib.Path(sys.argv[2]),
    task_root=pathlib.Path(sys.argv[3]), variables={}, timeout_seconds=600, memory_mb=512,
    writable=[pathlib.Path(sys.argv[3])],
)
ExecutionEnvironment(settings, ProcessPool(Supervisor())).invoke(Event("r", "arn", b"null"))
print("answered", flush=True)
sys.stdin.read()
"""

HANDLERS = """
import itertools, os, pathlib, subprocess, sys, tempfile, time

def tell(*pids):
    text = " ".join(map(str, [os.getpid(), *pids]))
    pathlib.Path(__file__).with_name("folder").write_text(tempfile.gettempdir())
    temporary = pathlib.Path(__file__).with_name("pids.new")
    temporary.write_text(text)
    temporary.rename(temporary.with_name("pids"))

def sleeps(event, context):
    tell()
    time.sleep(600)

def is_busy(event, context):
    tell()
    while True: pass

def holds_the_interpreters_lock(event, context):
    tell()
    sum(itertools.repeat(1))

def has_a_child(event, context):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    tell(child.pid)
    time.sleep(600)

def is_frozen(event, context):
    tell()
"""

WATCHED = """
import psutil, subprocess, sys
from mailroom_localstack.executor.processes.supervisor import Supervisor

supervisor = Supervisor()
command = [sys.executable, "-c", "import time; time.sleep(600)"]
pids = [subprocess.Popen(command, start_new_session=True).pid for _ in range(2)]
for pid in pids:
    supervisor.watch(pid)
print(*pids, flush=True)
sys.stdin.readline()
supervisor.folder  # Waits for its lock.
print("told", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize(
    "handler",
    ["sleeps", "is_busy", "holds_the_interpreters_lock", "has_a_child", "is_frozen"],
)
def test_a_function_ends_with_localstack_however_that_ends(
    handler: str,
    end: signal.Signals,
    task_root: Path,
    interpreter: Path,
    eventually: Eventually,
    is_alive: Callable[[int], bool],
) -> None:
    (task_root / "app.py").write_text(HANDLERS)
    host = subprocess.Popen(
        [sys.executable, "-c", HOST, f"app.{handler}", interpreter, task_root],
        env={"PYTHONPATH": f"{ROOT}/emulator/plugin/src:{ROOT}/rules/src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert host.stdin is not None
    assert host.stdout is not None
    with host.stdin, host.stdout:
        if handler == "is_frozen":
            assert host.stdout.readline() == b"answered\n"
        eventually((task_root / "pids").exists, "the function works")
        pids = [int(pid) for pid in (task_root / "pids").read_text().split()]
        folder = Path((task_root / "folder").read_text())
        alive = [is_alive(pid) for pid in pids]

        host.send_signal(end)
        host.wait()

    assert all(alive)
    eventually(lambda: not any(map(is_alive, pids)), f"processes {pids} have ended")
    eventually(lambda: not folder.exists(), "the private folder is removed")


def test_a_group_that_was_released_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    released, watched = (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, start_new_session=True)
        for _ in range(2)
    )

    supervisor_process.supervise(
        [f"+{released.pid}\n", f"+{watched.pid}\n", f"-{released.pid}\n"], str(folder)
    )

    assert watched.wait() == -signal.SIGKILL
    assert released.poll() is None
    assert not folder.exists()
    os.kill(released.pid, signal.SIGKILL)
    released.communicate()
    watched.communicate()


def test_a_supervisor_that_was_killed_is_replaced_at_once_and_told_everything(
    eventually: Eventually, is_alive: Callable[[int], bool]
) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", WATCHED],
        env={"PYTHONPATH": f"{ROOT}/emulator/plugin/src:{ROOT}/rules/src"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert host.stdin is not None
    assert host.stdout is not None
    pids = [int(pid) for pid in host.stdout.readline().split()]

    def supervisors() -> list[psutil.Process]:
        return [child for child in psutil.Process(host.pid).children() if child.pid not in pids]

    [killed] = supervisors()
    killed.kill()
    eventually(lambda: killed not in supervisors() and bool(supervisors()), "another is started")
    print(file=host.stdin, flush=True)
    assert host.stdout.readline() == "told\n"

    host.kill()
    host.communicate()

    eventually(lambda: not any(map(is_alive, pids)), f"processes {pids} have ended")
