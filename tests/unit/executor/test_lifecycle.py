"""Environments are separate, freeze between invocations and end when they are told to."""

import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from mailroom_localstack.executor.execution_environment import EnvironmentStoppedError

from .conftest import Eventually, MakeFunction

WAITS = """
    import os, pathlib, subprocess, sys, time

    folder = pathlib.Path(__file__).parent

    def handler(event, context):
        if event == "child":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            return [os.getpid(), child.pid]
        if event:
            (folder / f"{event}.pid").write_text(str(os.getpid()))
            while not (folder / "go").exists():
                time.sleep(0.005)
        return os.getpid()
"""


def test_two_environments_work_at_the_same_time(
    make_function: MakeFunction, task_root: Path, eventually: Eventually
) -> None:
    functions = [make_function(WAITS), make_function(WAITS)]
    threads = [
        threading.Thread(target=function.invoke, args=(name,))
        for function, name in zip(functions, "ab", strict=True)
    ]

    for thread in threads:
        thread.start()
    both = [task_root / "a.pid", task_root / "b.pid"]
    eventually(lambda: all(path.exists() and path.read_text() for path in both), "both work")
    (task_root / "go").touch()
    for thread in threads:
        thread.join()

    assert both[0].read_text() != both[1].read_text()


def test_between_invocations_every_process_is_frozen(
    make_function: MakeFunction, eventually: Eventually
) -> None:
    function = make_function(WAITS)

    pids = function.invoke("child").value

    eventually(
        lambda: all(psutil.Process(pid).status() == psutil.STATUS_STOPPED for pid in pids),
        "the function and its child are frozen",
    )
    assert function.invoke().value == pids[0]


def test_a_stopped_environment_leaves_no_process(
    make_function: MakeFunction, is_alive: Callable[[int], bool], eventually: Eventually
) -> None:
    function = make_function(WAITS)
    pids = function.invoke("child").value

    function.environment.stop()

    eventually(lambda: not any(map(is_alive, pids)), "the function and its child have ended")
    with pytest.raises(EnvironmentStoppedError):
        function.invoke()


def test_an_invocation_may_end_before_its_environment_does(
    make_function: MakeFunction,
    task_root: Path,
    eventually: Eventually,
    is_alive: Callable[[int], bool],
) -> None:
    function = make_function(WAITS)
    results = []
    thread = threading.Thread(target=lambda: results.append(function.invoke("a")))
    thread.start()
    eventually((task_root / "a.pid").exists, "the function works")

    function.environment.stop()
    (task_root / "go").touch()
    thread.join()

    assert not results[0].is_error
    assert not is_alive(results[0].value)


def test_an_environment_that_stops_at_once_interrupts_its_invocation(
    make_function: MakeFunction, task_root: Path, eventually: Eventually
) -> None:
    function = make_function(WAITS)
    errors = []

    def invoke() -> None:
        try:
            function.invoke("a")
        except EnvironmentStoppedError as error:
            errors.append(error)

    thread = threading.Thread(target=invoke)
    thread.start()
    eventually((task_root / "a.pid").exists, "the function works")

    function.environment.stop(at_once=True)
    thread.join(5)

    assert errors


def test_a_new_environment_of_the_same_folder_has_the_code_of_now(
    make_function: MakeFunction,
) -> None:
    old = make_function("def handler(event, context): return 1")
    old.invoke()
    new = make_function("def handler(event, context): return 22")

    assert (old.invoke().value, new.invoke().value) == (1, 22)
