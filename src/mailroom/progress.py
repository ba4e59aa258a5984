"""Tells a person what is being done: a spinner and colours on a terminal, plain lines in a pipe."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """Steps of long work, on standard error.

    Args:
        console: Where to; what it is decides whether there is a spinner.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def waiting(self) -> None:
        """Say that another command is at work on the same environment."""
        self._console.print("waiting for another mailroom command to end")

    @contextmanager
    def step(self, what: str) -> Iterator["Step"]:
        """One step: shown while it lasts, and with its duration when it has succeeded."""
        step = Step(what, self._console)
        started = time.monotonic()
        with step:
            yield step
        seconds = time.monotonic() - started
        detail = f": {step.result}" if step.result else ""
        self._console.print(
            f"[green]✓[/] {what}{detail} [dim]({seconds:.1f} s)[/]", highlight=False
        )


class Step:
    """A step under way. `result` is shown behind its name when it has ended."""

    def __init__(self, what: str, console: Console) -> None:
        self._what = what
        self._status = console.status(what) if console.is_terminal else None
        self.result = ""

    def update(self, detail: str) -> None:
        """Show how far it is; only a terminal does."""
        if self._status:
            self._status.update(f"{self._what}: {detail}")

    def __enter__(self) -> "Step":
        if self._status:
            self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._status:
            self._status.stop()
