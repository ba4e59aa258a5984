"""`make` ends without an error where the user ended the command."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import mixed
from tests.support.flow import Flow, until
from tests.support.terminal import answered


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def test_ctrl_c_in_make_logs_is_no_error(mailroom: Command, flow: Flow, tmp_path: Path) -> None:
    output = tmp_path / "output"
    with output.open("wb") as target:
        making = subprocess.Popen(
            ["make", "-o", "install", "logs"],
            cwd=mailroom.checkout,
            env=mailroom.variables,
            stdout=target,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    until(lambda: "environment, http" in output.read_text(), "the environment's name")
    # The last lines of before may be those of one long invocation.
    flow.send(mixed(2))
    until(lambda: "START RequestId" in output.read_text(), "the functions' logs")
    # Functions of other tests have failed, and their logs say so.
    logged = len(output.read_text())

    os.killpg(making.pid, signal.SIGINT)

    making.wait(30)
    said = output.read_text()[logged:]
    assert "Error" not in said
    assert "Traceback" not in said


def test_no_at_reset_is_no_error_in_make(project: Project, tmp_path: Path) -> None:
    mailroom = Command(project.root, tmp_path / "state")
    (mailroom.state / "logs").mkdir(parents=True)

    code, printed = answered(
        ["make", "-o", "install", "reset"], "n", mailroom.checkout, mailroom.variables
    )

    assert code == 0
    assert "nothing was touched" in printed
    assert "Error" not in printed
    assert (mailroom.state / "logs").exists()


def test_a_reset_without_a_terminal_is_an_error_in_make(project: Project, tmp_path: Path) -> None:
    mailroom = Command(project.root, tmp_path / "state")
    (mailroom.state / "logs").mkdir(parents=True)

    run = subprocess.run(
        ["make", "-o", "install", "reset"],
        cwd=mailroom.checkout,
        env=mailroom.variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )

    assert run.returncode != 0
    assert "--yes" in run.stderr
