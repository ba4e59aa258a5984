"""Shows the steps of a command: with a spinner on a terminal, as plain lines in a pipe."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

# In a pipe a step that takes longer prints one line. A terminal always shows the seconds.
NOTICE_SECONDS = 10.0


class Progress:
    """Shows steps on a console.

    Args:
        console: The console; a terminal gets a spinner.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def waiting(self) -> None:
        """Show that another command works on the same environment."""
        self._console.print("waiting for another mailroom command to end")

    def tell(self, what: str) -> None:
        """Print a line that is not a step."""
        self._console.print(what, markup=False, highlight=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Say what a person should look at some time."""
        self._console.print("[yellow]warning:[/]", end=" ")
        self._console.print(text, markup=False, highlight=False)

    @contextmanager
    def step(self, what: str) -> Iterator["Step"]:
        """A step: shown while it runs, and with its duration when it has succeeded."""
        with self.waiting_for(what) as step:
            yield step
        detail = f": {step.result}" if step.result else ""
        self._console.print(
            f"[green]✓[/] {what}{detail} [dim]({step.seconds:.1f} s)[/]", highlight=False
        )

    @contextmanager
    def waiting_for(self, what: str) -> Iterator["Step"]:
        """A step without a result: shown while it runs only."""
        with Step(what, self._console) as step:
            yield step


class Step:
    """A running step. `result` is shown after its name when it has succeeded."""

    def __init__(self, what: str, console: Console) -> None:
        self._what = what
        self._detail = ""
        self._console = console
        self._started = time.monotonic()
        self._status = console.status(_Line(self)) if console.is_terminal else None
        self._notice = threading.Timer(NOTICE_SECONDS, self._say)
        self._notice.daemon = True
        self.result = ""

    @property
    def seconds(self) -> float:
        """Seconds since its start."""
        return time.monotonic() - self._started

    def update(self, detail: str) -> None:
        """Set what it does or waits for, which a pipe shows only if the step takes long."""
        self._detail = detail

    def line(self) -> str:
        """Its name, detail and seconds."""
        detail = f": {self._detail}" if self._detail else ""
        return f"{self._what}{detail} ({self.seconds:.0f} s)"

    def _say(self) -> None:
        self._console.print(f"… {self.line()}", markup=False, highlight=False)

    def __enter__(self) -> "Step":
        if self._status:
            self._status.start()
            # Draw it now: rich does not know how to print above what another thread draws first.
            self._status.update(spinner="dots")
        else:
            self._notice.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._notice.cancel()
        if self._status:
            self._status.stop()


class _Line:
    """A step's line, rendered again at each frame of the spinner."""

    def __init__(self, step: Step) -> None:
        self._step = step

    def __rich__(self) -> Text:
        return Text(self._step.line())
