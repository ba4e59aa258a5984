"""The commands when nothing is up."""

from pathlib import Path

import pytest

from mailroom.project import Project
from tests.support.command import MAILROOM, Command
from tests.support.terminal import answered


@pytest.fixture
def mailroom(project: Project, tmp_path: Path) -> Command:
    """The command with an unused folder of state."""
    return Command(project.root, tmp_path / "state")


@pytest.mark.parametrize("command", ["send -", "messages", "queues", "logs publish"])
def test_a_command_that_needs_an_environment_says_how_to_start_one(
    mailroom: Command, command: str
) -> None:
    run = mailroom.run(*command.split(), code=2)

    assert "mailroom up" in run.stderr


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--limit 9223372036854775808", "--limit"),
        ("--since 0001-01-01", "0001-01-01 00:00:00 can't be a time in this time zone"),
    ],
)
def test_a_number_or_a_time_that_postgres_has_not_is_refused(
    mailroom: Command, monkeypatch: pytest.MonkeyPatch, option: str, said: str
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    run = mailroom.run("messages", *option.split(), code=2)

    assert said in run.stderr


def test_a_log_of_what_never_ran_is_refused(mailroom: Command) -> None:
    run = mailroom.run("logs", "localstack", code=2)

    assert "mailroom up" in run.stderr


def test_status_is_down_and_says_so_by_its_exit_code(mailroom: Command) -> None:
    status = mailroom.json("status", code=1)

    assert {part["state"] for part in status.values()} == {"down"}


def test_down_has_nothing_to_do_and_leaves_nothing_behind(mailroom: Command) -> None:
    run = mailroom.run("down")

    assert run.stderr == "nothing was up\n"
    assert not mailroom.state.exists()


def test_reset_asks_before_it_deletes(mailroom: Command) -> None:
    mailroom.state.mkdir()
    (mailroom.state / "environment.json").touch()

    run = mailroom.run("reset", code=2)

    assert "--yes" in run.stderr
    assert (mailroom.state / "environment.json").exists()


def test_reset_asks_on_a_terminal(mailroom: Command) -> None:
    (mailroom.state / "logs").mkdir(parents=True)

    code, _ = answered([MAILROOM, "reset"], "n", mailroom.checkout, mailroom.variables)

    assert code == 2
    assert (mailroom.state / "logs").exists()


def test_reset_deletes_what_is_ours_and_nothing_else(mailroom: Command) -> None:
    (mailroom.state / "postgres" / "data").mkdir(parents=True)
    (mailroom.state / "logs").mkdir()
    (mailroom.state / "diary.txt").touch()

    mailroom.run("reset", "--yes")

    assert [path.name for path in mailroom.state.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--parameter Consumption", "not NAME=VALUE: Consumption"),
        ("--parameter Nope=1", "Nope: there is no such parameter"),
        ("--parameter Consumption=magic", "Consumption: 'magic' is none of workflow, events"),
        ("--port 70000", "--port"),
    ],
)
def test_up_refuses_options_that_make_no_sense_before_it_starts_anything(
    mailroom: Command, options: str, said: str
) -> None:
    run = mailroom.run("up", *options.split(), code=2)

    assert said in run.stderr
    assert not mailroom.state.exists()
