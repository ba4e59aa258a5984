"""The commands on an environment that is up."""

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.testing.purging import purge
from tests.support.command import MAILROOM, Command
from tests.support.events import alert, mixed, notification
from tests.support.flow import until


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def write(path: Path, *events: object) -> str:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    return str(path)


def test_send_prints_a_row_for_each_type(mailroom: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "events.jsonl", *mixed(3), alert())

    printed = mailroom.run("send", file).stdout

    assert printed.splitlines() == [
        "type\tpublished\tingested\talready there\tdead",
        "alert\t3\t3\t0\t0",
        "notification\t1\t1\t0\t0",
    ]


def test_send_takes_several_files_and_standard_input_as_one_batch(
    mailroom: Command, tmp_path: Path
) -> None:
    first = write(tmp_path / "first.jsonl", alert())
    second = write(tmp_path / "second.jsonl", alert())
    third = json.dumps(notification())

    run = mailroom.run("send", first, second, "-", "--json", given=third)

    assert json.loads(run.stdout)["published"] == {"alert": 2, "notification": 1}


def test_send_names_every_malformed_line_of_every_file_and_sends_nothing(
    mailroom: Command, tmp_path: Path
) -> None:
    good = alert()
    first = write(tmp_path / "first.jsonl", good, {**alert(), "type": "rumour"})
    second = tmp_path / "second.jsonl"
    second.write_text("\nnot json\n")

    run = mailroom.run("send", first, str(second), code=2)

    assert f"{first}:2: type: " in run.stderr
    assert f"{second}:2: " in run.stderr
    assert good["id"] not in mailroom.run("messages", "--limit", "1000", "--json").stdout


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("missing.jsonl", "No such file or directory"),
        (".", "Is a directory"),
        ("empty.jsonl", "no message in it"),
        ("binary.jsonl", "binary.jsonl:1: "),
    ],
)
def test_send_refuses_what_holds_no_messages(
    mailroom: Command, tmp_path: Path, file: str, said: str
) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00\n")

    run = mailroom.run("send", str(tmp_path / file), code=2)

    assert said in run.stderr


def test_send_calls_standard_input_by_its_name(mailroom: Command) -> None:
    run = mailroom.run("send", "-", given="", code=2)

    assert "standard input: no message in it" in run.stderr


def test_an_argument_that_is_no_text_is_refused(mailroom: Command) -> None:
    run = mailroom.run("messages", "--batch", "\udcff", code=2)

    assert "not UTF-8" in run.stderr


def test_send_ends_with_3_when_messages_are_dead_and_says_where_they_are(mailroom: Command) -> None:
    event = alert(summary="first")
    mailroom.send([event])
    other = {**event, "data": {**event["data"], "summary": "second"}}

    run = mailroom.run("send", "-", given=json.dumps(other), code=3)

    assert "alert\t1\t0\t0\t1" in run.stdout
    assert "mailroom dead-letters --queue AlertDeadLetterQueue" in run.stderr


def test_send_that_is_interrupted_says_how_to_see_what_becomes_of_the_batch(
    mailroom: Command, tmp_path: Path
) -> None:
    file, output = write(tmp_path / "events.jsonl", *mixed(500)), tmp_path / "output"
    sending = mailroom.start("send", file, output=output)
    until(lambda: "batch" in output.read_text(), "the start of the batch")

    sending.send_signal(signal.SIGINT)

    assert sending.wait(30) == 130
    batch = output.read_text().partition("mailroom messages --batch ")[2].strip()
    until(lambda: len(mailroom.json("messages", "--batch", batch, "-n", "999")) == 500, "the rest")


def test_messages_are_filtered_by_type_batch_and_time(mailroom: Command) -> None:
    events = mixed(4)
    batch = mailroom.send(events)["batchId"]

    alerts = mailroom.json("messages", "--batch", batch, "--type", "alert")
    later = mailroom.json("messages", "--batch", batch, "--since", "2999-01-01")
    earlier = mailroom.json("messages", "--batch", batch, "--until", "2999-01-01")

    sent = [event for event in events if event["type"] == "alert"]
    assert sorted(m["id"] for m in alerts) == sorted(event["id"] for event in sent)
    assert all(message["event"] in sent for message in alerts)
    assert later == []
    assert len(earlier) == 4


def test_messages_are_rows_of_tab_separated_values_in_a_pipe(mailroom: Command) -> None:
    event = notification()
    batch = mailroom.send([event])["batchId"]

    heading, row = mailroom.run("messages", "--batch", batch).stdout.splitlines()

    assert heading.split("\t") == ["ingested at", "type", "subject", "source", "id", "batch"]
    assert row.split("\t")[1:] == ["notification", "test", event["source"], event["id"], batch]


def test_a_reader_that_stops_early_is_no_error(mailroom: Command) -> None:
    mailroom.send(mixed(2))

    run = subprocess.run(
        ["sh", "-c", f"{MAILROOM} messages --json | head -c 1"],
        env=mailroom.variables,
        cwd=mailroom.checkout,
        capture_output=True,
        text=True,
    )

    assert run.stdout == "["
    assert "Error" not in run.stderr


def test_queues_show_depth_flight_and_age_and_looking_receives_nothing(
    mailroom: Command, environment: Environment
) -> None:
    sqs = environment.session.client("sqs")
    url = environment.outputs["UnroutedQueueUrl"]
    purge(sqs, url)
    for body in ("first", "second"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]

    peeked = [mailroom.json("queues", "UnroutedQueue") for _ in range(2)][-1]
    states = {state["name"]: state for state in mailroom.json("queues")}

    for message in received:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    purge(sqs, url)
    assert sorted(message["body"] for message in peeked) == ["first", "second"]
    assert sum(message["received"] for message in peeked) == len(received) == 1
    assert (states["UnroutedQueue"]["depth"], states["UnroutedQueue"]["in_flight"]) == (1, 1)
    assert 0 <= states["UnroutedQueue"]["oldest_age"] < 60


def test_a_queue_that_is_not_there_is_refused_with_the_names_of_those_that_are(
    mailroom: Command,
) -> None:
    run = mailroom.run("queues", "Nope", code=2)

    assert "AlertDeadLetterQueue" in run.stderr


@pytest.mark.parametrize("source", ["localstack", "postgres", "publish", "process", "migrate"])
def test_every_log_can_be_read(mailroom: Command, source: str) -> None:
    mailroom.send([alert()])

    until(lambda: mailroom.run("logs", source).stdout != "", f"a line in the log of {source}")


def test_a_followed_log_shows_what_is_logged_later(mailroom: Command, tmp_path: Path) -> None:
    log = tmp_path / "followed"
    follower = mailroom.start("logs", "publish", "--follow", "--lines", "1", output=log)
    try:
        until(lambda: log.read_bytes() != b"", "the log's last line")

        batch = mailroom.send([alert()])["batchId"]

        until(lambda: batch in log.read_text(), "the line of this batch")
        assert follower.poll() is None
    finally:
        follower.terminate()
    assert follower.wait() == 130


def test_status_tells_where_everything_is(mailroom: Command, environment: Environment) -> None:
    status = mailroom.json("status")

    assert {part["state"] for part in status.values()} == {"up"}
    assert status["LocalStack"]["where"] == environment.endpoint
    shown, used = map(conninfo_to_dict, (status["Postgres"]["where"], environment.database))
    assert (shown["host"], shown["port"]) == (used["host"], used["port"])
    assert "password" not in shown


def test_a_filter_that_names_an_unknown_type_or_batch_says_so(mailroom: Command) -> None:
    first = alert()
    other = {**first, "data": {**first["data"], "summary": "conflicts"}}
    mailroom.run("send", "-", given=f"{json.dumps(first)}\n{json.dumps(other)}", code=3)
    type_ = mailroom.run("messages", "--type", "alrt", code=1)
    batch = mailroom.run("messages", "--batch", "nope", code=1)
    reason = mailroom.run("dead-letters", "--reason", "nope", code=1)

    assert "there is no message type alrt" in type_.stderr
    assert "did you mean alert?" in type_.stderr
    assert "there is no batch nope" in batch.stderr
    assert reason.stdout == type_.stdout == batch.stdout == ""


def test_a_message_that_no_execution_waits_for_is_explained_where_it_shows(
    mailroom: Command, environment: Environment
) -> None:
    alone = alert()
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message=json.dumps(alone),
        MessageAttributes={"type": {"DataType": "String", "StringValue": "alert"}},
    )
    until(lambda: mailroom.json("queues", "AlertQueue") != [], "the message")

    listed, looked_into = mailroom.run("queues"), mailroom.run("queues", "AlertQueue")
    # The next execution reads it, as the explanation says.
    mailroom.send([alert()])

    for run in (listed, looked_into):
        assert "1 message in AlertQueue, and no execution runs" in run.stderr
        assert "up -p Consumption=events" in run.stderr
    until(lambda: alone["id"] in mailroom.run("messages", "-n", "9").stdout, "its row")
    assert "no execution runs" not in mailroom.run("queues").stderr


def test_a_dead_letter_has_one_id_in_every_command_and_its_beginning_is_enough(
    mailroom: Command,
) -> None:
    event = alert(summary="first")
    mailroom.send([event])
    other = {**event, "data": {**event["data"], "summary": "second"}}
    mailroom.run("send", "-", given=json.dumps(other), code=3)
    dead = next(one for one in mailroom.json("dead-letters") if event["id"] in one["origin"])

    in_queue = mailroom.json("queues", "AlertDeadLetterQueue")
    shown = mailroom.run("dead-letters", "show", dead["id"][:8]).stdout
    listed = mailroom.run("dead-letters", "redrive", "--dry-run", "--id", dead["id"][:8]).stdout
    by_event = mailroom.run("dead-letters", "show", event["id"], code=2).stderr

    assert dead["id"] in [message["id"] for message in in_queue]
    assert json.loads(shown) == dead
    assert [line.split("\t")[0] for line in listed.splitlines()] == ["id", dead["id"]]
    assert dead["id"] in by_event


def test_a_queue_url_is_what_the_documentation_says_and_its_path_answers_on_loopback(
    project: Project, environment: Environment
) -> None:
    url = environment.outputs["AlertQueueUrl"]
    page = (project.root / "docs" / "localstack.md").read_text()

    assert "http://localhost.localstack.cloud:PORT/queue/REGION/ACCOUNT/NAME" in page
    name = r"http://localhost\.localstack\.cloud:\d+/queue/us-east-1/000000000000/[\w-]+"
    assert re.fullmatch(name, url)
    there = environment.session.client("sqs").get_queue_attributes(
        QueueUrl=url.replace("localhost.localstack.cloud", "127.0.0.1"),
        AttributeNames=["QueueArn"],
    )
    assert there["Attributes"]["QueueArn"].endswith(url.rpartition("/")[2])
