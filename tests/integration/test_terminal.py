"""Every table in a terminal of 80 and of 200 columns, as a person sees it."""

import json
import re
import sys
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
    "executions show {execution}",
    "executions compare {other} {execution}",
    "trace {message}",
    "types compare --with {contract}",
    "send {messages}",
    "estimate --messages 1000000",
    "package",
    "--template {template} check",
]
# They find something, and end with exit code 1.
FINDING = ("types compare --with {contract}", "--template {template} check")
# A queue that anyone may send to: AWS takes it, and `check` finds what it means.
_TEMPLATE = """
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeot: 30}
  Function:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.6, Handler: app.handler, Code: {ZipFile: "x"}, Role: r}
"""
# They clear a terminal and turn the direction of its text; SNS and SQS take them.
CONTROLS = "\ufeff\x9b2J\u202e"
# The command itself, with an account's answer in place of the account.
_PROMOTIONS = """
import mailroom.cli.connection, mailroom.promotion.release_history as history
from mailroom.cli.aws.promotions import promotions
entry = history.Promotion(
    "1", "promote", "0" * 64, "key", {}, "2026-11-29T02:02:37+00:00", "arn", "ada on build-7 at"
    " 1f2e3d4c5b6a", "failed", "execution 20261129T020237-075a3a2d failed in PublishMessages")
mailroom.cli.connection.opened = lambda *_, **__: None
history.promotions = lambda _: [entry]
promotions("dev")
"""
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


@pytest.fixture(scope="module")
def names(mailroom: Command, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the commands of TABLES name: executions, a message, and files."""
    folder = tmp_path_factory.mktemp("files")
    execution, other, *_ = (one["name"] for one in mailroom.json("executions", "list"))
    contract = mailroom.run("types", "asyncapi").stdout.replace('"summary"', '"headline"')
    (folder / "contract.json").write_text(contract)
    (folder / "messages.jsonl").write_text(json.dumps(alert()))
    (folder / "template.yml").write_text(_TEMPLATE)
    return {
        "execution": execution,
        "other": other,
        "message": mailroom.json("messages")[0]["id"],
        "contract": str(folder / "contract.json"),
        "messages": str(folder / "messages.jsonl"),
        "template": str(folder / "template.yml"),
    }


def screen(mailroom: Command, words: str, columns: int) -> list[str]:
    return seen([MAILROOM, *words.split()], columns, mailroom.checkout, mailroom.variables)


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize("words", TABLES)
def test_no_word_of_a_table_is_broken(
    mailroom: Command, names: dict[str, str], words: str, columns: int
) -> None:
    called = words.format(**names)
    code = 1 if words in FINDING else 0
    piped = mailroom.run(*called.split(), code=code, seconds=300).stdout.splitlines()

    lines = screen(mailroom, called, columns)

    text = "\n".join(lines)
    left_out = {name for found in LEFT_OUT.findall(text) for name in found.split(", ")}
    headings: list[str] = []
    for cells in (line.split("\t") for line in piped):
        if len(cells) != len(headings):
            headings = cells if len(cells) > 1 else []
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


@pytest.mark.parametrize("columns", [80, 200])
def test_the_log_of_promotions_is_shown_with_every_time_and_reason_whole(
    mailroom: Command, columns: int
) -> None:
    lines = seen(
        [sys.executable, "-c", _PROMOTIONS], columns, mailroom.checkout, mailroom.variables
    )

    shown = " ".join(" ".join(lines).split())
    assert "promote" in shown
    assert "ada on build-7 at 1f2e3d4c5b6a" in shown
    assert "execution 20261129T020237-075a3a2d failed in PublishMessages" in shown
    assert any("20261129T020237-075a3a2d" in line for line in lines)
    assert any(re.search(r"2026-11-29 \d\d:\d\d:\d\d", line) for line in lines)
