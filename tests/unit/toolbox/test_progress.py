"""What is shown while a command waits, in a pipe and on a terminal."""

import io
import threading

import pytest
from rich.console import Console

from mailroom import progress
from mailroom.progress import Progress


class Output(io.StringIO):
    """What a console prints; `arrived` is set as soon as `expected` is there."""

    def __init__(self, expected: str = "") -> None:
        super().__init__()
        self._expected = expected
        self.arrived = threading.Event()

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._expected in self.getvalue():
            self.arrived.set()
        return written


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds pass at once."""
    monkeypatch.setattr(progress, "NOTICE_SECONDS", 0.0)


def test_ten_seconds_are_the_longest_silence() -> None:
    assert progress.NOTICE_SECONDS == 10


@pytest.mark.usefixtures("hasty")
def test_in_a_pipe_a_long_step_says_once_what_it_waits_for() -> None:
    output = Output("(0 s)\n")

    with Progress(Console(file=output, width=80)).step("Database") as step:
        step.update("waiting for MigrateDatabaseFunction")
        assert output.arrived.wait(10)
        step.update("still waiting")

    said = output.getvalue().splitlines()
    assert said[0].startswith("… Database")
    assert len(said) == 2
    assert said[1].startswith("✓ Database (0.")


def test_in_a_pipe_a_short_step_says_only_that_it_is_done() -> None:
    output = Output()

    with Progress(Console(file=output, width=80)).step("Database") as step:
        step.result = "nothing to migrate"

    assert output.getvalue() == "✓ Database: nothing to migrate (0.0 s)\n"


def test_what_was_waited_for_without_a_result_leaves_no_line() -> None:
    output = Output()

    with Progress(Console(file=output, width=80)).waiting_for("Stopping what is up"):
        pass

    assert output.getvalue() == ""


def test_on_a_terminal_the_seconds_count() -> None:
    output = Output("waiting for MigrateDatabaseFunction (1 s)")
    console = Console(file=output, force_terminal=True, width=80)

    with Progress(console).step("Database") as step:
        step.update("waiting for MigrateDatabaseFunction")
        counted = output.arrived.wait(10)

    assert counted
    assert "Database: waiting for MigrateDatabaseFunction (0 s)" in output.getvalue()


@pytest.mark.usefixtures("hasty")
def test_a_step_that_fails_is_not_done() -> None:
    output = Output("… Database")

    def fail() -> None:
        with Progress(Console(file=output, width=80)).step("Database"):
            assert output.arrived.wait(10)
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        fail()

    assert "✓" not in output.getvalue()


def test_on_a_terminal_a_step_is_drawn_before_anything_is_printed_above_it() -> None:
    output = Output()

    with Progress(Console(file=output, force_terminal=True)).waiting_for("Reading"):
        drawn = output.getvalue()

    assert "Reading (0 s)" in drawn
