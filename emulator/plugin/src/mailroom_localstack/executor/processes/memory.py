"""The memory that an execution environment uses, with all its processes."""

import sys
from pathlib import Path

import psutil

MEGABYTE = 1 << 20


def resident_bytes(pid: int) -> int:
    """The memory of a process and its descendants now; 0 when it has ended."""
    total = 0
    for member in _family(pid):
        try:
            total += psutil.Process(member).memory_info().rss
        except psutil.Error:
            continue
    return total


def peak_bytes(pid: int) -> int:
    """The largest memory that a process itself has had (Linux), or has now (elsewhere)."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
        return int(status.partition(b"VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        return resident_bytes(pid)


def _family(pid: int) -> list[int]:
    if not sys.platform.startswith("linux"):
        try:
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        except psutil.Error:
            return [pid]
    family = [pid]
    for member in family:
        family += _children(member)
    return family


def _children(pid: int) -> list[int]:
    children = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(child) for child in listing.read_text().split()]
        except OSError:
            continue
    return children
