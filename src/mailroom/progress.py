"""Tells a person what is being done: a spinner and colours on a terminal, plain lines in a pipe."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

# In a pipe a step that takes longer says so once. A terminal shows the seconds all the time.
PATIENCE_SECONDS = 10.0


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

    def tell(self, what: str) -> None:
        """Say something that is no step."""
        self._console.print(what, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def step(self, what: str) -> Iterator["Step"]:
        """One step: shown while it lasts, and with its duration when it has succeeded."""
        with self.waiting_for(what) as step:
            yield step
        detail = f": {step.result}" if step.result else ""
        self._console.print(
            f"[green]✓[/] {what}{detail} [dim]({step.seconds:.1f} s)[/]", highlight=False
        )

    @contextmanager
    def waiting_for(self, what: str) -> Iterator["Step"]:
        """What may take long and has no result to show: it is shown while it lasts only."""
        with Step(what, self._console) as step:
            yield step


class Step:
    """A step under way. `result` is shown behind its name when it has ended."""

    def __init__(self, what: str, console: Console) -> None:
        self._what = what
        self._detail = ""
        self._console = console
        self._started = time.monotonic()
        self._status = console.status(_Line(self)) if console.is_terminal else None
        self._notice = threading.Timer(PATIENCE_SECONDS, self._say)
        self._notice.daemon = True
        self.result = ""

    @property
    def seconds(self) -> float:
        """How long it has taken until now."""
        return time.monotonic() - self._started

    def update(self, detail: str) -> None:
        """Say how far it is, or what it waits for. A pipe hears of it if it takes long."""
        self._detail = detail

    def line(self) -> str:
        """What is done, how far it is, and since when."""
        detail = f": {self._detail}" if self._detail else ""
        return f"{self._what}{detail} ({self.seconds:.0f} s)"

    def _say(self) -> None:
        self._console.print(f"… {self.line()}", markup=False, highlight=False)

    def __enter__(self) -> "Step":
        if self._status:
            self._status.start()
        else:
            self._notice.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._notice.cancel()
        if self._status:
            self._status.stop()


class _Line:
    """A step's line, made anew at each frame of the spinner."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def __rich__(self) -> Text:
        return Text(self._step.line())
