"""How much memory the environment takes: proportional set size, so that shared pages count once."""

import psutil

from benchmarks.figure import Figure
from mailroom.environments.embedded.state import State

_MEGABYTE = 1024 * 1024


def measure_environment(state: State) -> Figure:
    """Every process of the environment, after the other figures were taken."""
    used = sum(
        _proportional(process) for record in state.processes for process in _family(record.pid)
    )
    return Figure("memory of the environment", used, "", None, 1000, "MB")


def measure_function(state: State) -> Figure:
    """The largest idle function."""
    assert state.localstack
    functions = psutil.Process(state.localstack.pid).children(recursive=True)
    used = max(_proportional(process) for process in functions)
    return Figure("memory of one idle function", used, "", None, 90, "MB")


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _proportional(process: psutil.Process) -> float:
    info = process.memory_full_info()
    return float(getattr(info, "pss", info.uss)) / _MEGABYTE
