"""How much memory the environment takes."""

import psutil

from benchmarks.figure import Figure
from mailroom.environments.embedded.state import State
from mailroom.load.memory import family, megabytes


def measure_environment(state: State) -> Figure:
    """Every process of the environment, after the other figures were taken."""
    used = sum(megabytes(process) for record in state.processes for process in family(record.pid))
    return Figure("memory of the environment", used, "", None, 1000, "MB")


def measure_function(state: State) -> Figure:
    """The largest idle function."""
    assert state.localstack
    functions = psutil.Process(state.localstack.pid).children(recursive=True)
    used = max(megabytes(process) for process in functions)
    return Figure("memory of one idle function", used, "", None, 90, "MB")
