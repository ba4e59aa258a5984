"""Lambda's context object as far as the functions use it, and the deadlines made from it."""

import time
from typing import Protocol


class Context(Protocol):
    """The part of Lambda's context that the functions use.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before Lambda ends the invocation."""
        ...


class Deadline:
    """A point in time until which the function may wait or work."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @classmethod
    def before_timeout(cls, context: Context, margin_seconds: float) -> "Deadline":
        """Return the deadline some seconds before the function's timeout."""
        return cls(context.get_remaining_time_in_millis() / 1000 - margin_seconds)

    def remaining(self) -> float:
        """Return the seconds left, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        """Return whether no time is left."""
        return self.remaining() == 0.0
