"""`mailroom executions` on executions of the workflow."""

import json
import signal
import uuid
from pathlib import Path

import pytest

from mailroom.environments.environment import Environment
from mailroom.executions.history import read_execution
from mailroom.executions.invocation_logs import InvocationLogs
from mailroom.project import Project
from tests.support.command import Command
from tests.support.events import alert, mixed
from tests.support.flow import Flow, until
from tests.support.locks import locked


@pytest.fixture
def mailroom(project: Project, environment: Environment) -> Command:
    """The command on the tests' environment."""
    return Command(project.root, project.state, environment=environment.name)


def test_a_step_has_the_log_of_its_own_invocation(flow: Flow, environment: Environment) -> None:
    arns = [flow.start({"messages": mixed(2)}) for _ in range(2)]
    for arn in arns:
        flow.ended(arn)

    for arn in arns:
        execution = read_execution(environment.session, arn)
        [publish] = [one for one in execution.steps if one.name == "PublishMessages"]
        logs = InvocationLogs(environment.session)
        until(lambda p=publish, g=logs: bool(g.of(p.attempts[0])), "the log")  # type: ignore[misc]
        logged = "\n".join(event.message for event in logs.of(publish.attempts[0]))
        assert publish.attempts[0].request_id is not None
        assert f'"batch_id":"{execution.name}"' in logged
        assert logged.count("START RequestId") == logged.count("REPORT RequestId") == 1


def test_show_prints_the_states_and_what_became_of_the_messages(
    mailroom: Command, flow: Flow
) -> None:
    batch = flow.send(mixed(4))["batchId"]

    lines = mailroom.run("executions", "show", batch).stdout.splitlines()

    assert lines[0].startswith(f"{batch}  SUCCEEDED, ")
    names = [line.split("\t")[0] for line in lines[2:-3]]
    assert names[:3] == ["BeginPublishing", "IsBatchInChunks", "PublishMessages"]
    assert "· ProcessAlerts" in names
    assert lines[-3:] == [
        "type\tpublished\tingested\talready there\tdead",
        "alert\t2\t2\t0\t0",
        "notification\t2\t2\t0\t0",
    ]


def test_a_slip_in_a_name_or_a_status_names_what_may_have_been_meant(
    mailroom: Command, flow: Flow
) -> None:
    batch = flow.send(mixed(2))["batchId"]

    name = mailroom.run("executions", "show", f"{batch[:-1]}_", code=2).stderr
    status = mailroom.run("executions", "list", "--status", "faild", code=2).stderr

    assert f"did you mean {batch}" in name
    assert "did you mean FAILED?" in status


def test_list_has_the_newest_first_and_selects_by_status(mailroom: Command, flow: Flow) -> None:
    batch = flow.send([alert()])["batchId"]

    assert batch in [one["name"] for one in mailroom.json("executions", "list")][:5]
    running = mailroom.json("executions", "list", "--status", "aborted", "-n", "1000")
    assert batch not in [one["name"] for one in running]


def test_a_failed_execution_says_which_state_failed_and_shows_its_log(
    mailroom: Command, flow: Flow
) -> None:
    name = f"test-{uuid.uuid4()}"
    ended = flow.run({"messages": [{"no": "event"}]}, name)
    assert ended.status == "FAILED"

    shown = mailroom.run("executions", "show", name)
    said = mailroom.json("executions", "show", name)

    assert "PublishMessages failed: InvalidMessages: " in shown.stderr
    assert said["failedStep"] == "PublishMessages"
    [step] = [one for one in said["steps"] if one["name"] == "PublishMessages"]
    attempt = step["attempts"][0]
    assert attempt["error"] == "InvalidMessages"
    assert any(line.startswith("REPORT") for line in attempt["log"])


def test_a_state_is_shown_with_its_input_output_and_log(mailroom: Command, flow: Flow) -> None:
    batch = flow.send([alert()])["batchId"]

    shown = mailroom.run("executions", "show", batch, "--state", "PublishMessages").stdout

    assert '"published": {' in shown
    assert "START RequestId: " in shown


def test_an_execution_or_a_state_that_is_not_there_is_refused_with_those_that_are(
    mailroom: Command, flow: Flow
) -> None:
    batch = flow.send([alert()])["batchId"]

    missing = mailroom.run("executions", "show", "nope", code=2)
    stateless = mailroom.run("executions", "show", batch, "--state", "Nope", code=2)

    assert "mailroom executions list" in missing.stderr
    assert "PublishMessages" in stateless.stderr
    assert json.dumps(batch)[1:-1] in stateless.stderr


def test_send_names_its_execution_and_an_interrupted_one_can_be_watched_again(
    mailroom: Command, tmp_path: Path
) -> None:
    file, output = tmp_path / "events.jsonl", tmp_path / "output"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in mixed(500)))
    sending = mailroom.start("send", str(file), output=output)
    until(lambda: "its execution: " in output.read_text(), "the start of the execution")
    sending.send_signal(signal.SIGINT)
    assert sending.wait(30) == 130

    watch = output.read_text().partition("watch it again: mailroom ")[2].split()[:3]
    watched = mailroom.run(*watch)

    assert watch[:2] == ["executions", "watch"]
    assert watch[2] == output.read_text().partition("executions show ")[2].split()[0]
    assert "alert\t250\t250\t0\t0" in watched.stdout


def test_a_failed_batch_says_which_state_failed_and_the_command_that_shows_it(
    mailroom: Command,
) -> None:
    name = f"test-{uuid.uuid4()}"
    text = json.dumps({"messages": [{"no": "event"}]})
    assert mailroom.run("executions", "start", text, "--name", name).stdout == f"{name}\n"

    watched = mailroom.run("executions", "watch", name, code=1)
    command = watched.stderr.partition("log: mailroom ")[2].split()
    shown = mailroom.run(*command)

    assert f"execution {name} failed in PublishMessages: InvalidMessages: 1 of 1" in watched.stderr
    assert "index 0: type: is missing" in watched.stderr
    assert command == ["executions", "show", name, "--state", "PublishMessages"]
    assert "InvalidMessages" in shown.stdout


def test_a_stopped_execution_says_where_it_was_and_its_messages_can_be_sent_again(
    mailroom: Command, environment: Environment, flow: Flow
) -> None:
    events = mixed(2)
    name = f"test-{uuid.uuid4()}"
    with locked(environment.database, "LOCK TABLE messages IN SHARE MODE"):
        arn = flow.start({"messages": events}, name)
        until(lambda: len(read_execution(environment.session, arn).steps) > 2, "ProcessMessages")
        stopped = mailroom.run("executions", "stop", name, "--cause", "a test")
    said = mailroom.json("executions", "show", name)
    again = mailroom.run("executions", "stop", name, code=2)
    replayed = mailroom.json("replay", name)

    assert f"stopped {name} in ProcessMessages, " in stopped.stderr
    assert (said["status"], said["failedStep"] is not None) == ("ABORTED", True)
    assert f"{name} has ended: ABORTED" in again.stderr
    assert replayed["published"] == {"alert": 1, "notification": 1}
    assert flow.ingested(events) == events


def test_two_executions_are_compared_state_by_state(mailroom: Command, flow: Flow) -> None:
    good = flow.send(mixed(2))["batchId"]
    bad = f"test-{uuid.uuid4()}"
    flow.run({"messages": [{"no": "event"}]}, bad)

    rows = {row["state"]: row for row in mailroom.json("executions", "compare", good, bad)}
    printed = mailroom.run("executions", "compare", good, bad).stdout.splitlines()

    assert rows["PublishMessages"]["first"]["status"] == "succeeded"
    assert rows["PublishMessages"]["second"]["error"] == "InvalidMessages"
    assert "status" in rows["PublishMessages"]["differs"]
    assert rows["ProcessMessages"]["second"] is None
    assert rows["MessagesNotPublished"]["first"] is None
    assert printed[:2] == [f"first:  {good}  SUCCEEDED", f"second: {bad}  FAILED"]
