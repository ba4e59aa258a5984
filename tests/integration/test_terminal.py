"""Every table in a terminal of 80 and of 200 columns, as a person sees it."""

import json
import re
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.wording import for_terminal
from tests.support.command import MAILROOM, Command
from tests.support.events import alert, notification
from tests.support.flow import until
from tests.support.terminal import seen

TABLES = [
    "status",
    "messages",
    "queues",
    "queues AlertDeadLetterQueue",
    "queues UnroutedQueue",
    "dead-letters",
    "unrouted",
    "types",
    "types show alert",
    "executions list",
    "resources",
    "doctor",
    "check --rules",
    "iam report",
]
# They clear a terminal and turn the direction of its text; SNS and SQS take them.
CONTROLS = "\ufeff\x9b2J\u202e"
LEFT_OUT = re.compile(r"not shown in \d+ columns: (.*)")


@pytest.fixture(scope="module")
def mailroom(project: Project, environment: Environment) -> Command:
    """The command, on an environment in which each table has a row."""
    command = Command(project.root, project.state, environment=environment.name)
    first = alert(summary="first")
    command.send([first, notification()])
    other = {**first, "data": {**first["data"], "summary": "second"}}
    command.run("send", "-", given=json.dumps(other), code=3)
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message=json.dumps({**alert(), "type": "rumour"}) + CONTROLS,
        MessageAttributes={"type": {"DataType": "String", "StringValue": "rumour"}},
    )
    until(lambda: command.json("unrouted") != [], "the unrouted message")
    return command


def screen(mailroom: Command, words: str, columns: int) -> list[str]:
    return seen([MAILROOM, *words.split()], columns, mailroom.checkout, mailroom.variables)


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("words", TABLES)
def test_no_word_of_a_table_is_broken(mailroom: Command, words: str, columns: int) -> None:
    piped = mailroom.run(*words.split()).stdout.splitlines()

    lines = screen(mailroom, words, columns)

    text = "\n".join(lines)
    left_out = {name for found in LEFT_OUT.findall(text) for name in found.split(", ")}
    headings: list[str] = []
    for cells in (line.split("\t") for line in piped):
        if cells[0] in ("setting", "part") or not headings:
            headings = cells
            continue
        for heading, cell in zip(headings, cells, strict=True):
            words_shown = for_terminal(cell).split()
            long = (word for word in words_shown if 8 < len(word) <= columns - 4)
            broken = [word for word in long if not any(word in line for line in lines)]
            assert heading in left_out or broken == []


@pytest.mark.parametrize("columns", [80, 200])
def test_a_dead_letter_is_shown_with_its_whole_id_its_reason_and_the_detail(
    mailroom: Command, columns: int
) -> None:
    dead = mailroom.json("dead-letters")[-1]

    lines = screen(mailroom, "dead-letters", columns)

    assert any(dead["id"] in line for line in lines)
    words = set(" ".join(lines).split())
    assert {dead["reason"], *dead["detail"].split()} <= words
    assert not any("specversion" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 200])
def test_a_message_is_shown_with_its_time_type_and_whole_id_on_one_line(
    mailroom: Command, columns: int
) -> None:
    newest = mailroom.json("messages")[0]

    lines = screen(mailroom, "messages", columns)

    row = next(line for line in lines if newest["id"] in line)
    assert newest["type"] in row
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", row)


def test_what_a_narrow_terminal_leaves_out_a_wide_one_shows(mailroom: Command) -> None:
    narrow, wide = (screen(mailroom, "messages", columns) for columns in (80, 200))

    assert any("not shown in 80 columns: source, batch" in line for line in narrow)
    assert not any("not shown" in line for line in wide)
    assert any({"ingested", "subject", "source", "batch"} <= set(line.split()) for line in wide)


def test_a_terminal_and_a_pipe_get_the_same_times(mailroom: Command, tmp_path: Path) -> None:
    for words in ("messages", "dead-letters", "queues AlertDeadLetterQueue"):
        piped = mailroom.run(*words.split()).stdout
        lines = screen(mailroom, words, 200)
        times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", piped)
        assert times
        assert [time for time in times if not any(time in line for line in lines)] == []
