"""What `mailroom debug` refuses, and what it tells of an editor."""

import pytest
from typer.testing import CliRunner

from mailroom.aws.sessions import EmulatorSession
from mailroom.aws.topology import Topology
from mailroom.cli import connection
from mailroom.cli.app import app
from mailroom.cli.daily.functions.debug import LAUNCH_CONFIGURATION
from mailroom.debugging import DEFAULT_PORT
from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.errors import NoAnswer, Refused
from mailroom.project import Project
from tests.support.debugger import launch_configuration


def environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that seems to be up."""
    endpoint = f"http://127.0.0.1:{free_port()}"
    session = EmulatorSession(endpoint, "us-east-1", "0" * 12)
    one = Environment(name, endpoint, lambda: session, "stack", "")
    monkeypatch.setattr(connection, "connected", lambda project: one)


@pytest.mark.parametrize("arguments", [[], ["process", "--off"]])
def test_it_is_told_a_function_or_to_disarm_and_not_both(arguments: list[str]) -> None:
    error = CliRunner().invoke(app, ["debug", *arguments]).exception

    assert isinstance(error, Refused)
    assert "--off" in str(error)


@pytest.mark.parametrize("function", ["ProcessMessages", "process-messages", "consume"])
def test_a_function_that_is_not_there_is_answered_with_those_that_are(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    environment("embedded", monkeypatch)
    known = ("process_messages", "migrate_database")
    monkeypatch.setattr(Topology, "functions", dict.fromkeys(known, "physical"))
    monkeypatch.setattr(Topology, "identities", [])

    error = CliRunner().invoke(app, ["debug", function]).exception

    assert isinstance(error, Refused)
    assert "migrate_database" in error.hint


def test_functions_in_containers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    environment("compose", monkeypatch)

    error = CliRunner().invoke(app, ["debug", "process"]).exception

    assert isinstance(error, Refused)
    assert "mailroom up" in error.hint


def test_an_emulator_that_is_gone_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    environment("embedded", monkeypatch)

    error = CliRunner().invoke(app, ["debug", "--off"]).exception

    assert isinstance(error, NoAnswer)


def test_the_editors_configuration_attaches_where_the_command_waits() -> None:
    configuration = launch_configuration(Project.find().root)

    assert configuration["name"] == LAUNCH_CONFIGURATION
    assert configuration["connect"] == {"host": "127.0.0.1", "port": DEFAULT_PORT}
    assert (configuration["type"], configuration["request"]) == ("debugpy", "attach")
