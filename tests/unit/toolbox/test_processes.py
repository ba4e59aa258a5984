import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mailroom.environments.embedded.processes import (
    ProcessRecord,
    paused,
    start_detached,
    stop_processes,
)
from mailroom.errors import StartFailed
from tests.support.flow import until

SLEEP = [sys.executable, "-c", "import time; print('started', flush=True); time.sleep(600)"]


@pytest.fixture
def process(tmp_path: Path) -> Iterator[ProcessRecord]:
    """A process in a folder of its own."""
    process = start_detached([*SLEEP, "marker"], tmp_path / "log", {}, tmp_path)
    yield process
    process.stop(signal.SIGKILL, 5)


def test_it_runs_until_it_is_stopped(process: ProcessRecord) -> None:
    assert process.alive()

    process.stop(signal.SIGTERM, 5)

    assert not process.alive()


def test_a_recycled_process_id_is_not_ours(process: ProcessRecord) -> None:
    unknown = ProcessRecord(process.pid, "/elsewhere")

    unknown.stop(signal.SIGKILL, 5)

    assert not unknown.alive()
    assert process.alive()


def test_what_runs_in_our_folder_is_found_without_a_record(
    process: ProcessRecord, tmp_path: Path
) -> None:
    assert stop_processes(tmp_path, "marker", signal.SIGTERM, 5)
    assert not process.alive()
    assert not stop_processes(tmp_path, "marker", signal.SIGTERM, 5)


def test_what_merely_works_in_our_folder_is_left_alone(
    process: ProcessRecord, tmp_path: Path
) -> None:
    assert not stop_processes(tmp_path, "postgres", signal.SIGKILL, 5)
    assert process.alive()


def test_what_does_not_end_gently_is_killed(tmp_path: Path) -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    process = start_detached([sys.executable, "-c", stubborn], tmp_path / "log", {}, tmp_path)

    process.stop(signal.SIGTERM, 0.1)

    assert not process.alive()


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartFailed, match="/nowhere/program: No such file"):
        start_detached(["/nowhere/program"], tmp_path / "log", {}, tmp_path)


def test_a_process_and_its_children_are_paused_and_go_on(tmp_path: Path) -> None:
    parent = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"
    command = [sys.executable, "-c", parent, *SLEEP[1:]]
    process = start_detached(command, tmp_path / "log", {}, tmp_path)
    try:
        until(lambda: len(process.family()) == 2, "the child", 30)

        with paused([process]):
            states = [one.status() for one in process.family()]

        assert states == [psutil.STATUS_STOPPED] * 2
        assert psutil.STATUS_STOPPED not in [one.status() for one in process.family()]
    finally:
        process.stop(signal.SIGKILL, 5)


def test_a_process_that_was_left_paused_can_be_stopped(process: ProcessRecord) -> None:
    for one in process.family():
        one.suspend()

    process.stop(signal.SIGTERM, 30)

    assert not process.alive()
