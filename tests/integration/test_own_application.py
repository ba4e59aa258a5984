"""`mailroom` in a folder with a SAM template that is not Mailroom's."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from mailroom.environments.ports import free_port
from mailroom.environments.selection import connect
from mailroom.local_http import get_json
from mailroom.project import Project
from tests.support.command import Command
from tests.support.flow import until

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.13, Timeout: 10}
Parameters:
  Greeting: {Type: String, Default: hello}
Resources:
  Dead: {Type: AWS::SQS::Queue}
  Work:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 1}
  WorkFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Environment: {Variables: {GREETING: !Ref Greeting}}
      Events:
        Queue: {Type: SQS, Properties: {Queue: !GetAtt Work.Arn}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: machine.asl.yaml
      DefinitionSubstitutions: {Work: !GetAtt WorkFunction.Arn}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref WorkFunction}}]
  Topic: {Type: AWS::SNS::Topic}
  Rest: {Type: AWS::SQS::Queue}
  RestPolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Rest]
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: sns.amazonaws.com}
            Action: sqs:SendMessage
            Resource: !GetAtt Rest.Arn
            Condition: {ArnEquals: {aws:SourceArn: !Ref Topic}}
  RestSubscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Topic
      Protocol: sqs
      Endpoint: !GetAtt Rest.Arn
      RawMessageDelivery: true
      FilterPolicy: {type: [{anything-but: [order]}]}
"""
SOURCE = """\
import os
def handler(event, context):
    print("seen", event)
    return os.environ["GREETING"]
"""
MACHINE = """\
StartAt: Work
States:
  Work: {Type: Task, Resource: "${Work}", End: true}
"""
# Pages of the console; that of messages says that there are none of the message workflow.
CONSOLE = (
    *("/flow", "/flow/Work", "/flow/WorkFunction", "/flow/Machine", "/batches", "/queues"),
    *("/queues/Work", "/dead-letters", "/unrouted", "/activity", "/send", "/find?q=seen"),
    "/messages",
)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "machine.asl.yaml").write_text(MACHINE)
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(SOURCE)
    return folder


@pytest.fixture(scope="module")
def mailroom(application: Path) -> Iterator[Command]:
    command = Command(application, application / ".mailroom", free_port())
    try:
        command.run("up", seconds=300)
        yield command
    finally:
        command.run("reset", "--yes")


def test_what_is_up_has_no_database(mailroom: Command) -> None:
    parts = mailroom.json("status")

    assert {name: part["state"] for name, part in parts.items()} == {
        "LocalStack": "up",
        "topology": "up",
    }


def test_a_function_runs_and_an_edit_is_there_at_the_next_invocation(
    mailroom: Command, application: Path
) -> None:
    first = mailroom.json("invoke", "work")
    (application / "src" / "app.py").write_text(SOURCE.replace('os.environ["GREETING"]', "'bye'"))
    second = mailroom.json("invoke", "work")
    (application / "src" / "app.py").write_text(SOURCE)

    assert (first["answer"], second["answer"]) == ("hello", "bye")


def test_the_logs_of_its_functions_are_shown(mailroom: Command) -> None:
    mailroom.run("invoke", "work", '{"order": 7}')

    assert "seen {'order': 7}" in mailroom.run("logs").stdout


def test_its_state_machine_runs(mailroom: Command) -> None:
    name = mailroom.json("executions", "start", "{}")["name"]

    assert mailroom.json("executions", "watch", name)["output"] == "hello"
    assert name in mailroom.run("executions", "list").stdout


def test_commands_that_read_the_stack_know_it(mailroom: Command) -> None:
    names = {one["logicalName"] for one in mailroom.json("resources")}

    assert {"Work", "Dead", "WorkFunction", "Machine"} <= names
    assert [one["name"] for one in mailroom.json("queues")] == ["Work", "Dead", "Rest"]
    assert mailroom.json("dead-letters") == []
    assert "AWS_ENDPOINT_URL" in mailroom.run("env").stdout
    assert "AWS_ENDPOINT_URL" in mailroom.run("run", "printenv").stdout
    assert "orders" in mailroom.run("aws", "sqs", "list-queues").stdout
    assert mailroom.json("iam", "report")["roles"]


def listed(mailroom: Command, command: str) -> list[dict[str, Any]]:
    """What a command lists, once there is something."""
    until(lambda: bool(mailroom.json(command)), f"{command} are there")
    found: list[dict[str, Any]] = mailroom.json(command)
    return found


def test_dead_and_unrouted_messages_are_listed_purged_and_replayed(
    mailroom: Command, application: Path, tmp_path: Path
) -> None:
    environment = connect(Project(application, mailroom.state, application / "template.yaml"))
    topology, session = environment.topology, environment.session
    session.client("sqs").send_message(QueueUrl=topology.queue("Dead").url, MessageBody="parcel 7")
    session.client("sns").publish(
        TopicArn=topology.topic_arn,
        Message="letter 8",
        MessageAttributes={"type": {"DataType": "String", "StringValue": "letter"}},
    )

    for command, queue, body in (
        ("dead-letters", "Dead", "parcel 7"),
        ("unrouted", "Rest", "letter 8"),
    ):
        assert [one["body"] for one in listed(mailroom, command)] == [body]
        file = str(tmp_path / f"{queue}.jsonl")
        mailroom.run(command, "purge", "--export", file, "--yes")
        assert mailroom.json(command) == []
        assert mailroom.json("replay", file) == {queue: 1}

    until(lambda: "parcel 7" in mailroom.run("logs").stdout, "the function has the dead letter")
    [again] = listed(mailroom, "unrouted")
    assert (again["body"], again["attributes"]) == ("letter 8", {"type": "letter"})
    refused = mailroom.run("replay", "20260131T120000-1", code=2)
    assert "is no file that `mailroom dead-letters purge` wrote" in refused.stderr


def test_the_console_shows_what_can_be_shown_of_it(mailroom: Command) -> None:
    url = mailroom.run("console", "--port", str(free_port())).stdout.strip()
    started = mailroom.json("executions", "start", "{}")["name"]
    to_work = ("--queue-url", mailroom.json("resources", "Work")["url"])
    sent = json.loads(
        mailroom.run("aws", "sqs", "send-message", *to_work, "--message-body", "an order").stdout
    )["MessageId"]
    try:
        flow = get_json(f"{url}/flow.json")
        batches = get_json(f"{url}/batches.json")
        queues = get_json(f"{url}/queues.json")
        way = get_json(f"{url}/find.json?q={sent}")["way"]
        read = {path: _status(url + path) for path in CONSOLE}
    finally:
        mailroom.run("console", "--stop")

    assert {one["id"]: one["kind"] for one in flow["nodes"]} == {
        "Work": "queue",
        "Dead": "dead-letter-queue",
        "WorkFunction": "function",
        "Machine": "machine",
        "Topic": "topic",
        "Rest": "queue",
    }
    edges = {(one["from"], one["to"]) for one in flow["edges"]}
    assert {("Work", "WorkFunction"), ("Work", "Dead"), ("Machine", "WorkFunction")} <= edges
    assert started in {one["name"] for one in batches["batches"]}
    assert way["message"]["message_ids"] == [sent]
    assert {"delivered", "received"} <= {step["kind"] for step in way["steps"]}
    assert way["missing"] == []
    assert {one["name"] for one in queues["queues"]} == {"Work", "Dead", "Rest"}
    assert read == dict.fromkeys(CONSOLE, 200) | {"/messages": 404}


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def test_commands_about_message_types_say_that_there_are_none(mailroom: Command) -> None:
    for command in (["send", "-"], ["messages"], ["types"], ["trace", "x"], ["demo"]):
        run = mailroom.run(*command, code=2)

        assert "has no message types" in run.stderr


def test_up_again_has_nothing_to_change_and_takes_parameters(mailroom: Command) -> None:
    again = mailroom.run("up").stderr
    mailroom.run("up", "-p", "Greeting=hi")

    assert "nothing to change" in again
    assert mailroom.json("invoke", "work")["answer"] == "hi"
    mailroom.run("up", "--unset", "Greeting")


def test_what_cannot_run_is_refused_with_its_line_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "template.yml").write_text(
        TEMPLATE.replace("python3.13", "java21").replace("CodeUri: src", "CodeUri: gone")
    )
    command = Command(tmp_path, tmp_path / ".mailroom", free_port())

    said = command.run("up", code=2).stderr

    assert "template.yml:16: WorkFunction: there is no folder of code" in said
    assert "template.yml:16: WorkFunction: the runtime java21 is not supported" in said
    assert not (tmp_path / ".mailroom").exists()
