"""A process is in store before it is needed; a caller that needs another gets a new one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from mailroom_localstack.executor.processes.process_pool import ProcessPool
from mailroom_localstack.executor.processes.supervisor import Supervisor

from .conftest import Eventually, MakeFunction


@pytest.fixture
def interpreter(interpreter: Path, tmp_path: Path) -> Path:
    """An interpreter under a name of its own, to tell its processes from others."""
    link = tmp_path / "python"
    link.symlink_to(interpreter)
    return link


@pytest.fixture
def quick_nursery() -> Iterator[ProcessPool]:
    process_pool = ProcessPool(Supervisor(), replacement_seconds=0)
    yield process_pool
    process_pool.close()


def children_running(interpreter: Path) -> set[int]:
    return {
        child.pid
        for child in psutil.Process().children()
        if child.status() != psutil.STATUS_ZOMBIE and str(interpreter) in child.cmdline()
    }


def test_a_process_is_in_store_and_replaced_once_taken(
    quick_nursery: ProcessPool,
    interpreter: Path,
    make_function: MakeFunction,
    eventually: Eventually,
) -> None:
    quick_nursery.expect(interpreter)
    (stored,) = children_running(interpreter)

    taken = quick_nursery.spawn(make_function().settings)
    eventually(lambda: len(children_running(interpreter)) == 2, "one more is in store")
    taken.kill()
    taken.close()

    assert taken.pid == stored


def test_a_stored_process_that_has_ended_is_not_given_out(
    quick_nursery: ProcessPool,
    interpreter: Path,
    make_function: MakeFunction,
    eventually: Eventually,
    is_alive: Callable[[int], bool],
) -> None:
    quick_nursery.expect(interpreter)
    (stored,) = children_running(interpreter)
    psutil.Process(stored).kill()
    eventually(lambda: not is_alive(stored), "the stored process has ended")

    taken = quick_nursery.spawn(make_function().settings)
    alive = is_alive(taken.pid)
    taken.kill()
    taken.close()

    assert alive
    assert taken.pid != stored


def test_a_closed_nursery_has_ended_its_processes(
    interpreter: Path, eventually: Eventually
) -> None:
    process_pool = ProcessPool(Supervisor())
    process_pool.expect(interpreter)
    (stored,) = children_running(interpreter)

    process_pool.close()
    process_pool.expect(interpreter)

    assert stored not in children_running(interpreter)
    assert not children_running(interpreter)
