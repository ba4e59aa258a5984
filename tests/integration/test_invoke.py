"""`mailroom invoke`."""

import json
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from tests.support.command import Command
from tests.support.flow import until
from tests.support.logs import log_lines

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "events").glob("*.json"))


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def test_it_prints_the_answer_alone_and_log_and_duration_beside(mailroom: Command) -> None:
    run = mailroom.run("invoke", "migrate")

    assert json.loads(run.stdout)["applied"] == []
    assert "START RequestId: " in run.stderr
    assert "Duration: " in run.stderr
    assert " answered after " in run.stderr


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_each_sample_is_printed_and_is_an_event_that_its_function_takes(
    mailroom: Command, sample: Path
) -> None:
    printed = mailroom.run("invoke", sample.stem, "--sample").stdout

    answer = mailroom.run("invoke", sample.stem, "-", given=printed)

    assert json.loads(printed) == json.loads(sample.read_text())
    assert isinstance(json.loads(answer.stdout), dict)


def test_an_event_is_json_or_a_file(mailroom: Command, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"rollback": True}))

    by_file = mailroom.json("invoke", "migrate", str(file))
    by_text = mailroom.json("invoke", "migrate", '{"rollback": true}')

    assert by_file["answer"] == by_text["answer"]
    assert by_file["requestId"] != by_text["requestId"]
    assert any(line.startswith("REPORT RequestId: ") for line in by_file["log"])


def test_a_function_that_fails_ends_with_1_and_its_error(mailroom: Command) -> None:
    run = mailroom.run("invoke", "process", '{"type": "rumour"}', "--json", code=1)
    said = json.loads(run.stdout)

    assert "error: the function failed: InvalidInput: type: one of " in run.stderr
    assert said["failed"] is True
    assert said["answer"]["errorType"] == "InvalidInput"


@pytest.mark.parametrize(
    ("event", "said"),
    [("{type: 1}", "EVENT is neither JSON nor a file"), (__file__, "is not JSON")],
)
def test_an_event_that_is_no_json_is_refused(mailroom: Command, event: str, said: str) -> None:
    assert said in mailroom.run("invoke", "migrate", event, code=2).stderr


def test_a_function_that_is_not_there_is_refused_with_those_that_are(mailroom: Command) -> None:
    assert "publish_messages" in mailroom.run("invoke", "nope", code=2).stderr
    assert "publish_messages" in mailroom.run("invoke", "nope", "--sample", code=2).stderr


def test_an_asynchronous_invocation_prints_its_request_id(
    mailroom: Command, environment: Environment
) -> None:
    request_id = mailroom.run("invoke", "migrate", "--async").stdout.strip()

    until(
        lambda: any(request_id in line for line in log_lines(environment, "MigrateDatabase")),
        "the log of the invocation",
    )
