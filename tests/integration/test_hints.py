"""What a person reads when nothing is found, a name has a slip, or something goes on."""

import json
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.project import Project
from mailroom.testing.purging import purge
from mailroom.workflow.publishing import PublishedCount
from tests.support.checkout import copy_checkout
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import Event, until


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def empty(environment: Environment) -> None:
    """Delete what other tests have left in the queues."""
    for queue in environment.topology.queues.values():
        purge(environment.session.client("sqs"), queue.url)


def publish(environment: Environment, event: Event) -> None:
    """Publish a message that no execution waits for."""
    environment.session.client("sns").publish(
        TopicArn=environment.topology.topic_arn,
        Message=json.dumps(event),
        MessageAttributes={"type": {"DataType": "String", "StringValue": event["type"]}},
    )


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("dead-letters", "a message becomes one when it can never be ingested"),
        ("unrouted", "a message becomes one when its type is none of `mailroom types`"),
        (
            "queues AlertQueue",
            "no message is in AlertQueue; send some of type alert: mailroom",
        ),
        ("queues UnroutedQueue", "no message is in UnroutedQueue"),
        ("executions list --since 2999-01-01", "start one: mailroom send FILE"),
        ("logs --since 2999-01-01", "functions log when they run"),
        ("messages --since 2999-01-01", "no such message was ingested"),
    ],
)
def test_an_empty_result_says_what_would_fill_it(
    mailroom: Command, environment: Environment, words: str, hint: str
) -> None:
    empty(environment)

    assert hint in mailroom.run(*words.split()).stderr


def test_a_slip_in_an_id_names_what_may_have_been_meant(
    mailroom: Command, environment: Environment
) -> None:
    empty(environment)
    first = alert()
    batch = mailroom.send([first])["batchId"]
    other = {**first, "data": {**first["data"], "summary": "conflicts"}}
    mailroom.run("send", "-", given=json.dumps(other), code=3)
    [dead] = (one["id"] for one in mailroom.json("dead-letters"))

    in_batch = mailroom.run("messages", "--batch", f"{batch[:-1]}_", code=1).stderr
    in_queue = mailroom.run("dead-letters", "show", f"{dead[:-1]}_", code=2).stderr

    assert f"did you mean {batch}" in in_batch
    assert f"did you mean {dead}" in in_queue


def test_executions_and_state_machines_are_named_by_arn_too(
    mailroom: Command, environment: Environment
) -> None:
    machine = environment.outputs["MessageWorkflowArn"]
    names = ("MessageWorkflow", machine.rpartition(":")[2], machine)
    events = json.dumps({"messages": mixed(2)})

    started = [
        mailroom.json("executions", "start", events, "--machine", name)["arn"] for name in names
    ]

    assert {arn.rpartition(":")[0] for arn in started} == {
        machine.replace(":stateMachine:", ":execution:")
    }
    for arn in started:
        assert mailroom.json("executions", "watch", arn)["batchId"] == arn.rpartition(":")[2]
        assert mailroom.json("executions", "show", arn)["status"] == "SUCCEEDED"


def test_the_logs_of_several_functions_are_followed_together(
    mailroom: Command, tmp_path: Path
) -> None:
    mailroom.send(mixed(2))
    log = tmp_path / "followed"
    follower = mailroom.start("logs", "publish", "process", "-f", "--json", output=log)
    try:
        until(lambda: log.read_bytes() != b"", "the logs' last line")

        batch = mailroom.send(mixed(2))["batchId"]

        for function in ("publish_messages", "process_messages"):
            until(
                lambda function=function: any(  # type: ignore[misc]
                    function in line and batch in line for line in log.read_text().splitlines()
                ),
                f"a line of {function} about this batch",
            )
    finally:
        follower.terminate()
    assert follower.wait() == 130


def test_progress_moves_while_a_batch_is_being_published(
    mailroom: Command, environment: Environment
) -> None:
    empty(environment)
    events = mixed(3)
    count = PublishedCount(environment, total=3)
    shown = [count.count(settled=0)]

    for event in events:
        publish(environment, event)
        until(lambda: count.count(settled=0) > shown[-1], "a higher count")
        shown.append(count.count(settled=0))
    mailroom.send([alert(), *mixed(2)])

    assert shown == [0, 1, 2, 3]
    # A count never falls: what is settled is in no queue any more.
    assert count.count(settled=0) == 3


def test_up_notices_a_dependency_that_is_not_locked(project: Project, tmp_path: Path) -> None:
    checkout = copy_checkout(project, tmp_path, {})
    with (checkout.functions / "requirements.in").open("a") as file:
        file.write("humanize\n")

    refused = Command(checkout.root, checkout.state).run("up", code=2)

    assert "humanize" in refused.stderr
    assert "mailroom lock" in refused.stderr
