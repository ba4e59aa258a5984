"""How much memory processes take: proportional set size, so that shared pages count once."""

import psutil

_MEGABYTE = 1024 * 1024


def family(pid: int) -> list[psutil.Process]:
    """A process, and all that it has started.

    Raises:
        psutil.Error: It has ended.
    """
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def megabytes(process: psutil.Process) -> float:
    """The memory of a process.

    Raises:
        psutil.Error: It has ended.
    """
    info = process.memory_full_info()
    return float(getattr(info, "pss", info.uss)) / _MEGABYTE
