"""`mailroom logs` of functions."""

import json
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.environments.ports import free_port
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import Flow, until


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def records(mailroom: Command, *options: str) -> list[dict[str, object]]:
    lines = mailroom.run("logs", *options, "--json").stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_all_functions_are_interleaved_by_time(mailroom: Command, flow: Flow) -> None:
    batch = flow.send(mixed(2))["batchId"]

    def both() -> bool:
        found = {one["function"] for one in records(mailroom, "--batch", batch)}
        return found == {"publish_messages", "process_messages"}

    until(both, "the log of both functions")
    found = records(mailroom, "--batch", batch)
    assert [one["time"] for one in found] == sorted(str(one["time"]) for one in found)
    assert found[0]["function"] == "publish_messages"


def test_an_execution_selects_its_invocations_and_a_pattern_its_events(
    mailroom: Command, flow: Flow
) -> None:
    batch, other = flow.send([alert()])["batchId"], flow.send([alert()])["batchId"]
    pattern = '{ $.message = "published" }'
    until(lambda: len(records(mailroom, "--filter", pattern, "--batch", other)) == 1, "the log")

    (found,) = records(mailroom, "--execution", batch, "--filter", pattern)

    assert (found["level"], found["message"]) == ("INFO", "published")
    assert batch in json.dumps(found["fields"])
    assert other not in json.dumps(found["fields"])
    assert records(mailroom, "publish", "process", "--execution", batch)
    assert records(mailroom, "migrate", "--execution", batch) == []


def test_since_leaves_out_what_was_logged_before(mailroom: Command, flow: Flow) -> None:
    batch = flow.send([alert()])["batchId"]
    until(lambda: bool(records(mailroom, "--batch", batch)), "the log")

    assert records(mailroom, "--batch", batch, "--since", "2999-01-01") == []
    assert records(mailroom, "--batch", batch, "--since", "10m") != []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--filter", "{ $.a"], "--filter: Invalid filter pattern: "),
        (["--filter", "a.b"], "--filter: Invalid character(s) in term 'a.b'"),
        (["nope"], "publish_messages"),
        (["--execution", "nope"], "there is no execution nope"),
        (["localstack", "publish"], "have a log each"),
        (["--since", "soon"], "'soon' is not a time"),
    ],
)
def test_what_is_not_there_is_refused(mailroom: Command, options: list[str], said: str) -> None:
    assert said in mailroom.run("logs", *options, code=2).stderr


def test_functions_logs_are_kept_over_down(project: Project, tmp_path: Path) -> None:
    mailroom = Command(project.root, tmp_path / "state", port=free_port())
    mailroom.run("up", seconds=300)
    try:
        batch = mailroom.send([alert()])["batchId"]
        until(lambda: len(records(mailroom, "--batch", batch)) > 4, "the log")
        before = records(mailroom, "--batch", batch)
        mailroom.run("down")

        kept = records(mailroom, "--batch", batch)
        process = records(mailroom, "process", "--batch", batch)

        assert [one["message"] for one in kept] == [one["message"] for one in before]
        assert {one["function"] for one in process} == {"process_messages"}
    finally:
        mailroom.run("reset", "--yes")
