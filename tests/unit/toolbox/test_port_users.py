"""Who uses a port that an environment needs, and which one `auto` takes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mailroom.cli.app import app
from mailroom.environments.embedded import startup
from mailroom.environments.embedded.environment import EmbeddedEnvironment
from mailroom.environments.embedded.processes import ProcessRecord
from mailroom.environments.embedded.startup import with_port
from mailroom.environments.embedded.state import State
from mailroom.environments.port_users import port_user
from mailroom.environments.ports import AUTO, free_port, is_free
from mailroom.project import Project

# Listens as LocalStack does, and says when.
LISTEN = "import socket; s = socket.create_server(('127.0.0.1', {})); print(flush=True); input()"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that a program other than Mailroom uses."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


@pytest.fixture
def embedded(tmp_path: Path) -> EmbeddedEnvironment:
    return EmbeddedEnvironment(Project.find(state=tmp_path / "state"))


@pytest.mark.parametrize(
    ("state", "way_out"),
    [
        (".mailroom", "stop it there: cd '{}' && make down"),
        ("other", "stop it there: cd '{0}' && MAILROOM_STATE='{0}/other' make down"),
    ],
)
def test_a_mailroom_is_named_by_its_checkout_with_the_command_to_stop_it(
    tmp_path: Path, state: str, way_out: str
) -> None:
    checkout, port = tmp_path / "check out", free_port()
    interpreter = checkout / ".envs" / "engine" / "bin" / "python"
    interpreter.parent.mkdir(parents=True)
    interpreter.symlink_to(sys.executable)
    home = checkout / state / "localstack"
    home.mkdir(parents=True)
    command: list[str | Path] = [
        interpreter,
        "-c",
        LISTEN.format(port),
        "-m",
        "mailroom_localstack",
    ]
    with subprocess.Popen(
        command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()

        user = port_user(port)

        process.communicate(b"\n")
    assert user.name == f"the Mailroom of {checkout}"
    assert user.way_out == way_out.format(checkout)


def test_a_mailroom_in_containers_is_named_by_the_label_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    checkout = tmp_path / "checkout"
    (checkout / "infra").mkdir(parents=True)
    (checkout / "infra" / "template.yml").touch()
    docker = tmp_path / "docker"
    docker.write_text(f'#!/bin/sh\n[ "$3" = publish={taken} ] && echo {checkout}\n')
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    user = port_user(taken)

    assert user.name == f"the Mailroom of {checkout}, in containers"
    assert user.way_out == f"stop it there: cd {checkout} && make down"


def test_any_other_program_is_named_by_its_process(taken: int) -> None:
    user = port_user(taken)

    assert user.name.startswith(f"process {os.getpid()} (")
    assert user.checkout is None


def test_auto_takes_the_usual_port_if_it_is_free_and_another_if_not(
    embedded: EmbeddedEnvironment, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    monkeypatch.setattr(startup, "DEFAULT_PORT", usual := free_port())

    free = with_port(embedded, AUTO)
    monkeypatch.setattr(startup, "DEFAULT_PORT", taken)
    other = with_port(embedded, AUTO)

    assert free.port == usual
    assert other.port != taken
    assert is_free(other.port)


def test_auto_keeps_the_port_of_what_runs(embedded: EmbeddedEnvironment, taken: int) -> None:
    here = ProcessRecord(os.getpid(), str(Path.cwd()))
    embedded.file.save(State(taken, 1, localstack=here))

    assert with_port(embedded, AUTO).port == taken


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "४"])
def test_what_is_no_port_is_refused(port: str) -> None:
    run = CliRunner().invoke(app, ["up", f"--port={port}"])

    assert run.exit_code == 2
    assert "65535" in run.output
