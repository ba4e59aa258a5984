"""What LocalStack need not remember of executions is forgotten."""

from collections.abc import Iterator
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from mailroom_localstack.services.stepfunctions.execution_retention import (
    delete_ended_executions,
    delete_ended_threads,
)


@pytest.fixture
def running() -> Iterator[Thread]:
    """A thread that runs until the end of the test."""
    end = Event()
    thread = Thread(target=end.wait)
    thread.start()
    yield thread
    end.set()
    thread.join()


def test_the_oldest_executions_that_have_ended_are_forgotten() -> None:
    executions = {name: execution("SUCCEEDED") for name in "abcde"}

    delete_ended_executions(executions, kept=2)

    assert list(executions) == ["d", "e"]


def test_nothing_is_forgotten_while_there_are_few() -> None:
    executions = {"a": execution("FAILED"), "b": execution("ABORTED")}

    delete_ended_executions(executions, kept=2)

    assert list(executions) == ["a", "b"]


def test_an_execution_that_runs_is_not_forgotten_however_old_it_is() -> None:
    executions = {"a": execution(None), "b": execution("RUNNING"), "c": execution("SUCCEEDED")}

    delete_ended_executions(executions, kept=0)

    assert list(executions) == ["a", "b"]


def test_threads_that_have_ended_are_forgotten_and_all_else_stays(running: Thread) -> None:
    ended, to_come, pool = Thread(), Thread(), object()
    ended.start()
    ended.join()
    threads = [ended, running, to_come, pool]

    delete_ended_threads(threads)

    assert threads == [running, to_come, pool]


def execution(status: str | None) -> Any:
    """What counts of one of LocalStack's."""
    return SimpleNamespace(exec_status=status)
