"""Waits until a predicate is true."""

import time
from collections.abc import Callable, Iterator

from mailroom.errors import StartFailed


def backoff(first: float = 0.05, longest: float = 3.0, factor: float = 1.3) -> Iterator[None]:
    """Yield for ever, with pauses that grow from `first` to `longest` seconds between."""
    pause = first
    while True:
        yield
        time.sleep(pause)
        pause = min(pause * factor, longest)


def wait_until(
    ready: Callable[[], bool], what: str, seconds: float, diagnosis: Callable[[], str] = lambda: ""
) -> None:
    """Poll `ready` until it is true.

    Args:
        ready: The predicate.
        what: What is awaited, for the error.
        seconds: The time limit.
        diagnosis: Called after the time limit; returns the error's hint.

    Raises:
        StartFailed: The predicate was not true in time.
    """
    deadline = time.monotonic() + seconds
    for _ in backoff(longest=0.05):
        if ready():
            return
        if time.monotonic() > deadline:
            raise StartFailed(f"{what} was not ready after {seconds:.0f} s", diagnosis())
